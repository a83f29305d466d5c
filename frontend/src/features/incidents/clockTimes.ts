/** The clocks of an incident against their targets: pure, in whole seconds, never negative. */

import type { DeskIncident } from '@/shared/wire/dispatch';
import type { Time } from '@/shared/wire/types';

export type ClockName = 'process' | 'turnout' | 'travel' | 'scene';

export interface ClockTime {
  clock: ClockName;
  /** Callsign where the clock is a unit's own. */
  unit: string | null;
  seconds: number;
  running: boolean;
  targetS: number | null;
  late: boolean;
}

/** A line of the rule document `clocks`, as far as the card needs it. */
export interface ClockRow {
  clock: string;
  type?: string;
  priority?: number;
  agency?: string;
  target_s: number | null;
}

/** What a clock is about: the incident's type and priority, the unit's agency. */
export interface About {
  type: string;
  priority: number;
  agency: string | undefined;
}

/** The closest fit counts: a line that names the type beats one with the agency, that one the priority. */
const weight = (row: ClockRow): number =>
  (row.type === undefined ? 0 : 4) +
  (row.agency === undefined ? 0 : 2) +
  (row.priority === undefined ? 0 : 1);

export function targetOf(
  rows: readonly ClockRow[],
  clock: ClockName,
  { type, priority, agency }: About,
): number | null {
  const fitting = rows.filter(
    (row) =>
      row.clock === clock &&
      (row.type ?? type) === type &&
      (row.priority ?? priority) === priority &&
      (row.agency ?? agency) === agency,
  );
  return fitting.sort((a, b) => weight(b) - weight(a))[0]?.target_s ?? null;
}

type Span = readonly [from: Time | null, to: Time | null];

const first = (times: readonly (Time | null)[]): Time | null =>
  times.filter((time) => time !== null).sort()[0] ?? null;

/** What runs and what has run: process once, the others per unit that is still on it. */
export function clocksOf(
  incident: DeskIncident,
  targets: (clock: ClockName, unitId: string | null) => number | null,
  nowMs: number,
): ClockTime[] {
  const measure = (
    clock: ClockName,
    [from, to]: Span,
    unit: { id: string; callsign: string } | null,
  ) => {
    if (from === null) return [];
    const end = to === null ? nowMs : Date.parse(to);
    const seconds = Math.max(0, Math.floor((end - Date.parse(from)) / 1_000));
    const targetS = targets(clock, unit?.id ?? null);
    return [
      {
        clock,
        unit: unit?.callsign ?? null,
        seconds,
        running: to === null,
        targetS,
        late: targetS !== null && seconds > targetS,
      },
    ];
  };
  const active = incident.assignments.filter((one) => one.released_at === null);
  const assigned = first(incident.assignments.map((one) => one.assigned_at));
  return [
    ...measure('process', [incident.opened_at, assigned], null),
    ...active.flatMap((one) => {
      const unit = { id: one.unit_id, callsign: one.callsign };
      return [
        ...measure('turnout', [one.assigned_at, one.en_route_at ?? one.on_scene_at], unit),
        ...measure('travel', [one.en_route_at, one.on_scene_at], unit),
        ...measure('scene', [one.on_scene_at, one.released_at], unit),
      ];
    }),
  ];
}

/** Of each unit the clock that runs now, and whatever was late; the rest is in the steps below. */
export function worthShowing(clocks: readonly ClockTime[]): ClockTime[] {
  return clocks.filter((one) => one.running || one.late || one.clock === 'process');
}
