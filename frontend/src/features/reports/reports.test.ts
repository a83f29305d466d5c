import { describe, expect, it } from 'vitest';
import { lineOf, read, textOf } from '@/features/rules/rules';
import { aCall, anAssignment, anIncident, aUnit } from '@/shared/testing/builders';
import { topOf, topOfTime } from './charts';
import { minutes, seconds, share } from './figures';
import { countNow } from './now';
import { fileUrl, lastHours } from './reports';

const NOW = Date.parse('2026-11-22T14:10:00Z');
const by = <T extends { id: string }>(...all: T[]) =>
  Object.fromEntries(all.map((one) => [one.id, one]));

describe('what a supervisor watches now', () => {
  const opened_at = '2026-11-22T14:00:00Z';
  const late = anIncident({ id: 'late', priority: 1, opened_at, assignments: [] });
  const helped = anIncident({
    id: 'helped',
    priority: 1,
    opened_at,
    assignments: [anAssignment({ released_at: null })],
  });
  const patient = anIncident({ id: 'patient', priority: 4, opened_at, assignments: [] });

  it('counts open incidents by priority, and as late only those without a unit past the limit', () => {
    const found = countNow({ incidents: by(late, helped, patient), calls: {}, units: {} }, NOW);
    expect(found.open).toEqual({ 1: 2, 2: 0, 3: 0, 4: 1 });
    expect(found.lateIds).toEqual(['late']);
  });

  it('leaves out incidents that were put off to a later time', () => {
    const later = { ...late, status: 'scheduled' as never };
    expect(countNow({ incidents: by(later), calls: {}, units: {} }, NOW).late).toBe(0);
  });

  it('tells how long the oldest call waits, and what units do, the most first', () => {
    const calls = by(
      aCall({ id: 'a', state: 'waiting', received_at: '2026-11-22T14:09:30Z' }),
      aCall({ id: 'b', state: 'waiting', received_at: '2026-11-22T14:09:00Z' }),
      aCall({ id: 'c', state: 'taken', received_at: opened_at }),
    );
    const units = by(
      aUnit({ id: '1', activity: 'break' }),
      aUnit({ id: '2', activity: 'in_service' }),
      aUnit({ id: '3', activity: 'in_service' }),
    );
    const found = countNow({ incidents: {}, calls, units }, NOW);
    expect([found.waiting, found.oldestS]).toEqual([2, 60]);
    expect(found.units).toEqual([
      ['in_service', 2],
      ['break', 1],
    ]);
    expect(countNow({ incidents: {}, calls: {}, units: {} }, NOW).oldestS).toBeNull();
  });
});

describe('figures', () => {
  it('are a dash where nothing is known, and never a made-up zero', () => {
    expect([seconds(null), minutes(null), share(null)]).toEqual(['–', '–', '–']);
    expect([seconds(0), seconds(446), seconds(3_725)]).toEqual(['00:00', '07:26', '1:02:05']);
    expect([minutes(90), minutes(-30)]).toEqual(['+1,5\u00a0min', '−0,5\u00a0min']);
  });

  it('stand on axes whose steps are round', () => {
    expect([0, 1, 3, 71, 101, 990].map(topOf)).toEqual([1, 1, 5, 100, 200, 1_000]);
    expect([0, 59, 61, 1_055, 40_000].map(topOfTime)).toEqual([4, 60, 120, 1_200, 43_200]);
  });
});

describe('what is asked for', () => {
  it('is the same for the page and for the files', () => {
    const span = lastHours('day', NOW);
    expect((span.to - span.from) / 3_600_000).toBe(24);
    const url = new URL(
      fileUrl('calls', 'pdf', { source: 'sf fire', span }, { lang: 'gn' }),
      'http://x',
    );
    expect(url.pathname).toBe('/api/v1/reports/calls.pdf');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      source: 'sf fire',
      from: '2026-11-21T14:10:00.000Z',
      to: '2026-11-22T14:10:00.000Z',
      lang: 'gn',
    });
    const own = fileUrl('calls', 'csv', { source: '', span: null }, {});
    expect(new URL(own, 'http://x').search).toBe('');
  });
});

describe('a rule document as text', () => {
  const document = { groups: [{ code: 'a' }, { code: 'b', labels: { es: 'B' } }], 'x/y': [1, 2] };
  const text = textOf(document);
  const lines = text.split('\n');
  const at = (pointer: string) => {
    const line = lineOf(text, pointer);
    return line === null ? null : lines[line - 1]?.trim();
  };

  it('is found line by line from the path of a fault', () => {
    expect(at('/groups/1/code')).toBe('"code": "b",');
    expect(at('/groups/1/labels/es')).toBe('"es": "B"');
    expect(at('/groups/1')).toBe('{');
    expect(at('/x~1y/1')).toBe('2');
    expect([at(''), at('/nothing'), at('/groups/7')]).toEqual([null, null, null]);
  });

  it('is read back, or refused where it is no JSON', () => {
    expect(read(text)).toEqual({ document });
    expect(read('{')).toHaveProperty('fault');
  });
});
