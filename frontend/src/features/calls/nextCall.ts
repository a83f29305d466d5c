/** Which call comes after this one is done: the first that waits, else one that is already taken. */

import type { Id, Picture } from '@/shared/wire/types';
import { byWaiting } from '@/situation/order';

export function nextCall(calls: Picture['calls'], done: Id): Id | null {
  const open = Object.values(calls).filter(
    (call) => call.id !== done && (call.state === 'waiting' || call.state === 'taken'),
  );
  return open.sort(byWaiting)[0]?.id ?? null;
}
