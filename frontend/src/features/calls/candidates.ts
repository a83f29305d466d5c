/** What words may mean, asked while one types: the answer to the newest words only. */

import { useEffect, useState } from 'react';
import { get, Problem } from '@/shared/api/client';
import { reference } from '@/shared/api/reference';
import { mapAsk } from '@/shared/geo/mapBus';
import type { GeocodeAnswer, GeocodeResult } from '@/shared/wire/answers';
import type { Point } from '@/shared/wire/types';

const WAIT_MS = 120;
const SHORTEST = 3;
/** One for each digit that chooses. */
const LIMIT = 9;

export interface Candidates {
  items: GeocodeResult[];
  certain: boolean;
  read_as: string | null;
  /** True once the centre has answered for the words that stand there. */
  asked: boolean;
}

const NONE: Candidates = { items: [], certain: false, read_as: null, asked: false };

/** What is called near: the caller, else the middle of what the map shows, else of the city. */
export function nearOf(near: Point | null | undefined): Point | null {
  const { view } = mapAsk.getState();
  const [lon, lat] = reference.getState().city?.centre ?? [];
  return near ?? view ?? (lon === undefined || lat === undefined ? null : { lon, lat });
}

export function useCandidates(text: string, near?: Point | null) {
  const [answer, setAnswer] = useState(NONE);
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = text.trim();
  const [lon, lat] = [near?.lon, near?.lat];
  useEffect(() => {
    setProblem(null);
    if (words.length < SHORTEST) return setAnswer(NONE);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const from = lon === undefined || lat === undefined ? null : { lon, lat };
      geocode(words, { near: from, signal: stop.signal, typeAhead: true }).then(
        setAnswer,
        (error: unknown) => {
          if (error instanceof Problem) setProblem(error);
          else if (!stop.signal.aborted) throw error;
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words, lon, lat]);
  return { answer, problem };
}

interface Asking {
  near?: Point | null;
  signal?: AbortSignal;
  /** The last word may be half typed. */
  typeAhead?: boolean;
}

/** What the words may mean, what is near first. */
export async function geocode(words: string, asking: Asking = {}): Promise<Candidates> {
  const near = nearOf(asking.near);
  const { items, certain, read_as } = await get<GeocodeAnswer>('/geocode', {
    query: {
      q: words,
      limit: LIMIT,
      lon: near?.lon,
      lat: near?.lat,
      type_ahead: asking.typeAhead ?? false,
    },
    ...(asking.signal ? { signal: asking.signal } : {}),
  });
  // Without the centre's word for it nothing is certain, but one single place is no choice.
  return { items, certain: certain ?? items.length === 1, read_as: read_as ?? null, asked: true };
}
