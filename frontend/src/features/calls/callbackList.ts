/** Callers to be rung again: those who hung up unanswered, and those somebody put on the list. */

import { useMemo } from 'react';
import { useMay } from '@/shared/rights/rights';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskCall } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import { isAbandoned } from './holding';

const AGAIN_MS = 20_000;

/** By id, the oldest first. */
export function useCallbacks(): ReadonlyMap<Id, DeskCall> {
  const mayRead = useMay('calls.read');
  const calls = useSituation(({ picture }) => picture.calls);
  // an abandoned call comes and goes in the picture; a coded one only leaves it
  const because = useMemo(
    () =>
      Object.values(calls)
        .filter((call) => isAbandoned(call) || call.state === 'taken')
        .map((call) => `${call.id}${call.version}`)
        .join(),
    [calls],
  );
  const { answer } = useAsked<{ items: DeskCall[] }>(mayRead ? '/calls/callbacks' : null, {
    because,
    everyMs: AGAIN_MS,
  });
  return useMemo(() => new Map((answer?.items ?? []).map((call) => [call.id, call])), [answer]);
}
