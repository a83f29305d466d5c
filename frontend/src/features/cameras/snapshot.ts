/** A still picture with the time it was taken at, fetched anew while it is looked at. */

import { useEffect, useState } from 'react';
import { Problem, send } from '@/shared/api/client';
import type { Time } from '@/shared/wire/types';

export interface Snapshot {
  src: string;
  capturedAt: Time | null;
}

/** `purpose` is journalled with who looked; leave it out only where the picture is itself evidence. */
export function useSnapshot(
  path: string | null,
  { everyMs = null, purpose = null }: { everyMs?: number | null; purpose?: string | null } = {},
): { snapshot: Snapshot | null; problem: Problem | null } {
  const [snapshot, setSnapshot] = useState<Snapshot | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    setSnapshot(null);
    if (path === null) return;
    const stop = new AbortController();
    let shown: string | null = null;
    const load = async () => {
      try {
        const answer = await send('GET', path, {
          signal: stop.signal,
          headers: {
            Accept: 'image/jpeg, application/problem+json',
            ...(purpose === null ? {} : { 'X-Purpose': purpose }),
          },
        });
        const src = URL.createObjectURL(await answer.blob());
        if (stop.signal.aborted) return URL.revokeObjectURL(src);
        if (shown !== null) URL.revokeObjectURL(shown);
        shown = src;
        setSnapshot({ src, capturedAt: answer.headers.get('X-Captured-At') });
        setProblem(null);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setProblem(error); // the last picture stays on screen, with its age
      }
    };
    void load();
    const timer = everyMs === null ? null : setInterval(() => void load(), everyMs);
    return () => {
      stop.abort();
      if (timer !== null) clearInterval(timer);
      if (shown !== null) URL.revokeObjectURL(shown);
    };
  }, [path, everyMs, purpose]);
  return { snapshot, problem };
}
