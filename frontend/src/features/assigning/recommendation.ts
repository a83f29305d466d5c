/** Who would get there first and why, for the selected incident; asked again when units change. */

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { get, Problem } from '@/shared/api/client';
import type { Recommendation, RecommendedUnit } from '@/shared/wire/answers';
import type { Id } from '@/shared/wire/types';
import { useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';

const AGAIN_MS = 15_000;
const LIMIT = 20;

interface Offered {
  incidentId: Id | null;
  answer: Recommendation | null;
  problem: Problem | null;
}

const NOTHING: Offered = { incidentId: null, answer: null, problem: null };
const offered = createStore<Offered>(() => NOTHING);

async function ask(incidentId: Id, signal: AbortSignal): Promise<void> {
  try {
    const answer = await get<Recommendation>(`/incidents/${incidentId}/recommendation`, {
      query: { limit: LIMIT },
      signal,
    });
    offered.setState({ incidentId, answer, problem: null });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    offered.setState({ incidentId, problem: error });
  }
}

/** Keep the recommendation for the selected incident fresh; mounted once by the console. */
export function useRecommendationKeeper(): void {
  const incidentId = useSelectedId('incident');
  // what makes the last answer old: this incident's assignments, place, plan and who is free
  const version = useSituation(({ picture }) =>
    incidentId ? picture.incidents[incidentId]?.version : undefined,
  );
  const free = useSituation(({ picture }) =>
    Object.values(picture.units)
      .filter((unit) => unit.availability === 'available')
      .map((unit) => unit.id)
      .sort()
      .join(),
  );
  useEffect(() => {
    if (offered.getState().incidentId !== incidentId) offered.setState(NOTHING);
  }, [incidentId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and free are reasons to ask again
  useEffect(() => {
    if (incidentId === null || version === undefined) return;
    const stop = new AbortController();
    void ask(incidentId, stop.signal);
    const timer = setInterval(() => void ask(incidentId, stop.signal), AGAIN_MS);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, [incidentId, version, free]);
}

export function useRecommendation(incidentId: Id): Offered {
  const now = useStore(offered);
  return now.incidentId === incidentId ? now : NOTHING;
}

export function allOffered(answer: Recommendation | null): RecommendedUnit[] {
  return answer === null ? [] : [...answer.units, ...answer.runners_up];
}

/** Travel time in seconds by unit for the incident that is selected. */
export function useEtas(): ReadonlyMap<Id, RecommendedUnit> {
  const answer = useStore(offered, (state) => state.answer);
  return new Map(allOffered(answer).map((one) => [one.unit_id, one]));
}
