/** The incident's entries from the journal, asked for again whenever the incident changes. */

import { useEffect, useState } from 'react';
import { get, Problem } from '@/shared/api/client';
import type { TimelineEntry } from '@/shared/wire/answers';
import type { Id } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';

const SETTLE_MS = 300;

export function useTimeline(id: Id): { entries: TimelineEntry[] | null; problem: Problem | null } {
  const version = useSituation(({ picture }) => picture.incidents[id]?.version);
  const [found, setFound] = useState<{ id: Id; entries: TimelineEntry[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version is a reason to ask again
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { items } = await get<{ items: TimelineEntry[] }>(`/incidents/${id}/timeline`, {
          signal: stop.signal,
        });
        setFound({ id, entries: items });
        setProblem(null);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, version]);
  return { entries: found?.id === id ? found.entries : null, problem };
}
