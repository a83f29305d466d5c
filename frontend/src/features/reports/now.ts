/** What a supervisor watches now, counted from the picture: pure. */

import type { Activity, Call, Incident, Priority, Unit } from '@/shared/wire/types';
import { isUnassigned, UNASSIGNED_LIMITS_S } from '@/situation/order';

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

export interface Now {
  open: Record<Priority, number>;
  /** Without a unit and past the first limit of their priority. */
  late: number;
  lateIds: readonly string[];
  waiting: number;
  /** Seconds of the call that waits longest, null when none does. */
  oldestS: number | null;
  units: readonly (readonly [Activity, number])[];
}

const since = (text: string, now: number) => Math.max(0, (now - Date.parse(text)) / 1_000);

export function countNow(
  picture: {
    incidents: Record<string, Incident>;
    calls: Record<string, Call>;
    units: Record<string, Unit>;
  },
  now: number,
): Now {
  const incidents = Object.values(picture.incidents).filter(
    // put off to a later time: it asks for nobody yet
    ({ status }) => (status as string) !== 'scheduled',
  );
  const of = (priority: Priority) => incidents.filter((one) => one.priority === priority).length;
  const late = incidents.filter(
    (one) =>
      isUnassigned(one) &&
      (one.overdue || since(one.opened_at, now) >= UNASSIGNED_LIMITS_S[one.priority][0]),
  );
  const waiting = Object.values(picture.calls).filter(({ state }) => state === 'waiting');
  const ages = waiting.map(({ received_at }) => since(received_at, now));
  const doing = new Map<Activity, number>();
  for (const { activity } of Object.values(picture.units))
    doing.set(activity, (doing.get(activity) ?? 0) + 1);
  return {
    open: { 1: of(1), 2: of(2), 3: of(3), 4: of(4) },
    late: late.length,
    lateIds: late.map(({ id }) => id),
    waiting: waiting.length,
    oldestS: ages.length > 0 ? Math.max(...ages) : null,
    units: [...doing].toSorted(([, a], [, b]) => b - a),
  };
}
