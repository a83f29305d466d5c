/** Who comes first in the lists, and what counts as late: pure. */

import type { Alarm, Call, Incident, Priority, Unit } from '@/shared/wire/types';

/** Seconds an incident may stay unassigned before it is shown serious, then critical (ui.md 8). */
export const UNASSIGNED_LIMITS_S: Record<Priority, readonly [number, number]> = {
  1: [60, 120],
  2: [180, 300],
  3: [600, 900],
  4: [1_200, 1_800],
};

export const CALL_LIMITS_S = [10, 30] as const;

export type Lateness = 'normal' | 'serious' | 'critical';

export function lateness(
  seconds: number,
  [serious, critical]: readonly [number, number],
): Lateness {
  if (seconds >= critical) return 'critical';
  return seconds >= serious ? 'serious' : 'normal';
}

export function activeAssignments(incident: Incident) {
  return incident.assignments.filter((one) => one.released_at === null);
}

export const isUnassigned = (incident: Incident): boolean =>
  activeAssignments(incident).length === 0;

const time = (text: string) => Date.parse(text);

/** Unassigned first, then priority, then the oldest. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    Number(isUnassigned(b)) - Number(isUnassigned(a)) ||
    a.priority - b.priority ||
    time(a.opened_at) - time(b.opened_at) ||
    a.number.localeCompare(b.number)
  );
}

const CALL_RANK: Record<Call['state'], number> = {
  waiting: 0,
  abandoned: 1,
  taken: 2,
  linked: 3,
  closed: 4,
};

/** Calls that nobody has answered first, the oldest on top. */
export function byWaiting(a: Call, b: Call): number {
  return CALL_RANK[a.state] - CALL_RANK[b.state] || time(a.received_at) - time(b.received_at);
}

const ACTIVITY_RANK: Partial<Record<Unit['activity'], number>> = {
  in_service: 0,
  dispatched: 1,
  acknowledged: 1,
  en_route: 2,
  on_scene: 3,
  transporting: 4,
  at_hospital: 5,
  break: 6,
  out_of_service: 7,
  off_duty: 8,
};

/** Emergencies, then available units, then by what they do; by travel time where that is known. */
export function byReadiness(eta: ReadonlyMap<string, number>) {
  return (a: Unit, b: Unit): number => {
    const [etaA, etaB] = [eta.get(a.id) ?? Infinity, eta.get(b.id) ?? Infinity];
    return (
      Number(b.emergency) - Number(a.emergency) ||
      (etaA === etaB ? 0 : etaA - etaB) ||
      (ACTIVITY_RANK[a.activity] ?? 9) - (ACTIVITY_RANK[b.activity] ?? 9) ||
      a.callsign.localeCompare(b.callsign, 'es', { numeric: true })
    );
  };
}

/** Unacknowledged first, then priority, then the oldest. */
export function byAlarm(a: Alarm, b: Alarm): number {
  const raised = (alarm: Alarm) => Number(alarm.state === 'raised');
  return raised(b) - raised(a) || a.priority - b.priority || time(a.raised_at) - time(b.raised_at);
}

export const isOpenAlarm = (alarm: Alarm): boolean =>
  alarm.state === 'raised' || alarm.state === 'acknowledged';

export interface Counters {
  byPriority: Record<Priority, number>;
  unassigned: number;
  callsWaiting: number;
  alarms: number;
}

export function counters(picture: {
  incidents: Record<string, Incident>;
  calls: Record<string, Call>;
  alarms: Record<string, Alarm>;
}): Counters {
  const incidents = Object.values(picture.incidents);
  const count = (priority: Priority) => incidents.filter((one) => one.priority === priority).length;
  return {
    byPriority: { 1: count(1), 2: count(2), 3: count(3), 4: count(4) },
    unassigned: incidents.filter(isUnassigned).length,
    callsWaiting: Object.values(picture.calls).filter((call) => call.state === 'waiting').length,
    alarms: Object.values(picture.alarms).filter((alarm) => alarm.state === 'raised').length,
  };
}

export type Freshness = 'fresh' | 'ageing' | 'stale' | 'gone';

/** Ages in seconds from which a position is hollow, grey, and off the map. */
export const FIX_LIMITS_S = [30, 120, 900] as const;

export function freshness(ageS: number): Freshness {
  const [ageing, stale, gone] = FIX_LIMITS_S;
  if (ageS <= ageing) return 'fresh';
  if (ageS <= stale) return 'ageing';
  return ageS <= gone ? 'stale' : 'gone';
}
