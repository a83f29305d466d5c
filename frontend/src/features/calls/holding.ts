/** In whose hands a call is, and what that lets this person do: pure. */

import type { User } from '@/shared/wire/answers';
import type { DeskCall } from '@/shared/wire/dispatch';

export function holder(
  call: Pick<DeskCall, 'state' | 'taken_by'>,
  me: Pick<User, 'username' | 'display_name'> | undefined,
): 'me' | 'other' | 'nobody' {
  if (call.taken_by === null) return 'nobody';
  return me && [me.username, me.display_name].includes(call.taken_by) ? 'me' : 'other';
}

export const isAbandoned = (call: Pick<DeskCall, 'state'>): boolean => call.state === 'abandoned';

export const canTake = (call: Pick<DeskCall, 'state'>): boolean => call.state === 'waiting';

/** One key closes it without an incident: only what somebody has answered, or that hung up before. */
export const canCode = (call: Pick<DeskCall, 'state'>): boolean =>
  call.state === 'taken' || isAbandoned(call);
