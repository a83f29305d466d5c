// @vitest-environment node
import { expect, it } from 'vitest';
import { anAssignment, anIncident } from '@/shared/testing/builders';
import { type ClockRow, clocksOf, targetOf, worthShowing } from './clockTimes';

const ROWS: ClockRow[] = [
  { clock: 'turnout', target_s: 120 },
  { clock: 'turnout', agency: 'SEME', target_s: 60 },
  { clock: 'travel', target_s: 900 },
  { clock: 'travel', priority: 1, target_s: 480 },
  { clock: 'travel', agency: 'BOM', priority: 1, target_s: 240 },
  { clock: 'scene', agency: 'SEME', target_s: 2_700 },
  { clock: 'scene', type: 'structure_fire', target_s: null },
];
const FIRE = { type: 'structure_fire', priority: 1, agency: 'BOM' };
const opened = '2026-11-22T14:00:00.000Z';
const at = (s: number) => new Date(Date.parse(opened) + s * 1_000).toISOString();

it('takes the closest fit: type before agency before priority, and none where there is none', () => {
  expect(targetOf(ROWS, 'travel', FIRE)).toBe(240);
  expect(targetOf(ROWS, 'travel', { ...FIRE, agency: 'POL' })).toBe(480);
  expect(targetOf(ROWS, 'turnout', { ...FIRE, agency: 'SEME' })).toBe(60);
  expect(targetOf(ROWS, 'scene', { ...FIRE, agency: 'SEME' })).toBeNull();
  expect(targetOf([], 'process', FIRE)).toBeNull();
});

it('counts what runs and what has run, and says what is late', () => {
  const incident = anIncident({
    opened_at: opened,
    assignments: [anAssignment({ assigned_at: at(70), en_route_at: at(220) })],
  });
  const target = (clock: string) => ({ process: 60, turnout: 120, travel: 240 })[clock] ?? null;
  const clocks = clocksOf(incident, target, Date.parse(at(300)));
  expect(clocks.map((one) => [one.clock, one.unit, one.seconds, one.running, one.late])).toEqual([
    ['process', null, 70, false, true],
    ['turnout', 'B12', 150, false, true],
    ['travel', 'B12', 80, true, false],
  ]);
  expect(worthShowing(clocks)).toHaveLength(3);
});

it('is never negative and leaves out units that were released', () => {
  const incident = anIncident({
    opened_at: at(10),
    assignments: [anAssignment({ assigned_at: opened, released_at: at(5) })],
  });
  const clocks = clocksOf(incident, () => null, Date.parse(opened));
  expect(clocks.map((one) => [one.clock, one.seconds])).toEqual([['process', 0]]);
});
