/** Something asked of the centre by address: the last answer stays while it is asked again. */

import { useCallback, useEffect, useState } from 'react';
import { get, Problem } from '@/shared/api/client';

const SETTLE_MS = 150;
const RETRY_MS = 3_000;

export interface Asked<T> {
  answer: T | null;
  problem: Problem | null;
  ask: () => void;
}

interface When {
  /** A change of it is a reason to ask again. */
  because?: unknown;
  everyMs?: number;
}

/** Ask `path` now, whenever `because` changes, and every so often; null asks nothing.
 *
 * What failed for want of an answer is asked again by itself; a refusal is not.
 */
export function useAsked<T>(path: string | null, { because, everyMs }: When = {}): Asked<T> {
  const [found, setFound] = useState<{ path: string; answer: T } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: reasons to ask again
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const answer = await get<T>(path, { signal: stop.signal });
        setFound({ path, answer });
        setProblem(null);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
        clearTimeout(again);
        if (error.mayRetry) again = setTimeout(() => void once(), RETRY_MS);
      }
    };
    const first = setTimeout(once, SETTLE_MS);
    const timer = everyMs === undefined ? undefined : setInterval(once, everyMs);
    return () => {
      clearTimeout(first);
      clearTimeout(again);
      clearInterval(timer);
      stop.abort();
    };
  }, [path, because, everyMs, asked]);
  const ask = useCallback(() => setAsked((times) => times + 1), []);
  return { answer: found?.path === path ? found.answer : null, problem, ask };
}
