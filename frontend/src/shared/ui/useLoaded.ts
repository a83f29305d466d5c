/** Something asked of the centre: what came, what went wrong, and how to ask again. */

import { useCallback, useEffect, useState } from 'react';
import { Problem } from '@/shared/api/client';

/** A moment's trouble mends itself: nobody should have to press a button at four in the morning. */
export const RETRY_MS = 3_000;

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

/** Ask with `load`, which must keep its identity; what came last stays while it is asked again.
 *
 * What failed for want of an answer is asked again by itself; a refusal is not.
 */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again is what `asked` is for
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const found = await load();
        if (!current) return;
        setValue(found);
        setProblem(null);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (!current) return;
        setProblem(error);
        if (error.mayRetry) timer = setTimeout(() => void once(), RETRY_MS);
      }
    };
    setProblem(null);
    void once();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [load, asked]);
  return { value, problem, again: useCallback(() => setAsked((times) => times + 1), []) };
}
