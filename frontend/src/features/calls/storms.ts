/** Clusters of calls that may be about the same thing, as the centre offers them. */

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { useAsked } from '@/shared/ui/useAsked';
import type { Storm } from '@/shared/wire/dispatch';
import { useSituation } from '@/situation/store';

const AGAIN_MS = 10_000;
/** Fewer open calls than this are never asked about. */
const FEWEST_CALLS = 3;

/** The storm that is open in the detail panel; a selection of anything else closes it. */
export const shownStorm = createStore<{ id: string | null }>(() => ({ id: null }));

export const showStorm = (id: string | null): void => shownStorm.setState({ id });

export const useShownStorm = (): string | null => useStore(shownStorm, (state) => state.id);

export function useStorms(): readonly Storm[] {
  const calls = useSituation(({ picture }) => picture.calls);
  const open = useMemo(
    () => Object.values(calls).filter((call) => call.incident_id === null).length,
    [calls],
  );
  const { answer } = useAsked<{ storms: Storm[] }>(open < FEWEST_CALLS ? null : '/calls/storms', {
    because: open,
    everyMs: AGAIN_MS,
  });
  return answer?.storms ?? [];
}
