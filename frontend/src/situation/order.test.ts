// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { aCall, anAlarm, anAssignment, anIncident, aUnit } from '@/shared/testing/builders';
import {
  byAlarm,
  byReadiness,
  byUrgency,
  byWaiting,
  counters,
  freshness,
  lateness,
  UNASSIGNED_LIMITS_S,
} from './order';
import { SituationStore } from './store';

const at = (minute: number) => `2026-11-22T14:${String(minute).padStart(2, '0')}:00.000Z`;

describe('the queue', () => {
  it('puts unassigned incidents first, then priority, then age', () => {
    const incidents = [
      anIncident({ id: 'assigned', priority: 1, assignments: [anAssignment({})] }),
      anIncident({ id: 'young', priority: 2, opened_at: at(9) }),
      anIncident({ id: 'old', priority: 2, opened_at: at(2) }),
      anIncident({ id: 'urgent', priority: 1, opened_at: at(9) }),
      anIncident({
        id: 'freed',
        priority: 3,
        assignments: [anAssignment({ released_at: at(5) })],
      }),
    ];
    expect(incidents.sort(byUrgency).map((one) => one.id)).toEqual([
      'urgent',
      'old',
      'young',
      'freed',
      'assigned',
    ]);
  });

  it('puts calls that nobody took first', () => {
    const calls = [
      aCall({ id: 'taken', state: 'taken', received_at: at(0) }),
      aCall({ id: 'new', received_at: at(5) }),
      aCall({ id: 'waiting', received_at: at(1) }),
    ];
    expect(calls.sort(byWaiting).map((one) => one.id)).toEqual(['waiting', 'new', 'taken']);
  });

  it('puts raised alarms before acknowledged ones', () => {
    const alarms = [
      anAlarm({ id: 'acked', priority: 1, state: 'acknowledged' }),
      anAlarm({ id: 'raised', priority: 3 }),
    ];
    expect(alarms.sort(byAlarm).map((one) => one.id)).toEqual(['raised', 'acked']);
  });
});

describe('the unit board', () => {
  const units = [
    aUnit({ id: 'far', callsign: 'B2' }),
    aUnit({ id: 'near', callsign: 'B10' }),
    aUnit({ id: 'busy', callsign: 'A1', activity: 'on_scene' }),
    aUnit({ id: 'help', callsign: 'Z9', activity: 'en_route', emergency: true }),
  ];
  it('puts an emergency first, then available units by callsign as people count', () => {
    expect(units.toSorted(byReadiness(new Map())).map((one) => one.id)).toEqual([
      'help',
      'far',
      'near',
      'busy',
    ]);
  });

  it('goes by travel time where it is known', () => {
    const eta = new Map([
      ['near', 60],
      ['far', 300],
    ]);
    expect(units.toSorted(byReadiness(eta)).map((one) => one.id)).toEqual([
      'help',
      'near',
      'far',
      'busy',
    ]);
  });
});

describe('lateness and freshness', () => {
  it('turns serious and critical at the limits', () => {
    const limits = UNASSIGNED_LIMITS_S[1];
    expect([59, 60, 119, 120].map((age) => lateness(age, limits))).toEqual([
      'normal',
      'serious',
      'serious',
      'critical',
    ]);
  });

  it('ages positions at 30 s, 2 min and 15 min', () => {
    expect([30, 31, 120, 121, 900, 901].map(freshness)).toEqual([
      'fresh',
      'ageing',
      'ageing',
      'stale',
      'stale',
      'gone',
    ]);
  });

  it('counts what the top bar shows', () => {
    const picture = {
      incidents: { a: anIncident({ id: 'a', priority: 1 }) },
      calls: { c: aCall({ id: 'c' }), t: aCall({ id: 't', state: 'taken' }) },
      alarms: { r: anAlarm({ id: 'r' }), k: anAlarm({ id: 'k', state: 'acknowledged' }) },
    };
    expect(counters(picture)).toEqual({
      byPriority: { 1: 1, 2: 0, 3: 0, 4: 0 },
      unassigned: 1,
      callsWaiting: 1,
      alarms: 1,
    });
  });
});

describe('the store', () => {
  const setup = () => {
    const scheduled: (() => void)[] = [];
    return { store: new SituationStore((tell) => scheduled.push(tell)), scheduled };
  };

  it('tells the screen once per frame however many values came', () => {
    const { store, scheduled } = setup();
    let told = 0;
    store.store.subscribe(() => {
      told += 1;
    });
    for (let lon = 0; lon < 100; lon += 1) store.values({ 'unit:1': { lon } });
    expect(scheduled).toHaveLength(1);
    scheduled[0]?.();
    expect([told, store.store.getState().live]).toEqual([1, { 'unit:1': { lon: 99 } }]);
  });

  it('removes a live value that became null', () => {
    const { store, scheduled } = setup();
    store.values({ a: 1, b: 2 });
    store.values({ a: null });
    scheduled[0]?.();
    expect(store.store.getState().live).toEqual({ b: 2 });
  });
});
