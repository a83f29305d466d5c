import { useCallback, useEffect, useRef, useState } from 'react';
import type { Id } from '@/shared/wire/types';

/** How long after the last touch the list may sort itself again. */
export const IDLE_MS = 3_000;

/** Keep the rows that are on screen where they are while the reader uses the list. */
export function useQuietOrder(wanted: readonly Id[]): {
  ids: readonly Id[];
  touch: () => void;
  /** Grows by one with each row put on top while the list was held. */
  newAbove: number;
} {
  const [held, setHeld] = useState<readonly Id[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const total = useRef(0);
  const known = useRef<readonly Id[]>(wanted);

  const latest = useRef(wanted);
  latest.current = wanted;
  const touch = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(null), IDLE_MS);
    setHeld((now) => now ?? latest.current);
  }, []);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  if (held === null) {
    known.current = wanted;
    return { ids: wanted, touch, newAbove: total.current };
  }
  const ids = keepingOrder(known.current, wanted);
  total.current += ids.filter((id) => !known.current.includes(id)).length;
  known.current = ids;
  return { ids, touch, newAbove: total.current };
}

/** Known rows stay as they stand, new ones go on top, gone ones go. */
export function keepingOrder(shown: readonly Id[], wanted: readonly Id[]): Id[] {
  const still = new Set(wanted);
  const known = new Set(shown);
  return [...wanted.filter((id) => !known.has(id)), ...shown.filter((id) => still.has(id))];
}
