/** Something asked of the centre: what came, what went wrong, and how to ask again. */

import { useCallback, useEffect, useState } from 'react';
import { Problem } from '@/shared/api/client';

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  again: () => void;
}

/** Ask with `load`, which must keep its identity; what came last stays while it is asked again. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again is what `asked` is for
  useEffect(() => {
    let current = true;
    setProblem(null);
    load().then(
      (found) => current && setValue(found),
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (current) setProblem(error);
      },
    );
    return () => {
      current = false;
    };
  }, [load, asked]);
  return { value, problem, again: useCallback(() => setAsked((times) => times + 1), []) };
}
