// @vitest-environment node
import { afterEach, describe, expect, it } from 'vitest';
import { ServerClock } from './clock';
import {
  configureFormats,
  formatAge,
  formatClock,
  formatDistance,
  formatEta,
  formatTimer,
  shortNumber,
  zoneLabel,
} from './format';

afterEach(() => configureFormats({ timeZone: 'America/Asuncion', language: 'es' }));

describe('times', () => {
  it('shows 24 hours in the zone of Asunción, in every language', () => {
    const ms = Date.parse('2026-07-01T23:05:09Z');
    for (const language of ['es', 'gn', 'en']) {
      configureFormats({ language });
      expect(formatClock(ms)).toBe('20:05:09');
    }
    expect(zoneLabel(ms)).toBe('PYT');
    configureFormats({ timeZone: 'America/Sao_Paulo' });
    expect(zoneLabel(ms)).toBe('GMT-3');
  });

  it('shows midnight as 00', () => {
    expect(formatClock(Date.parse('2026-07-01T03:00:00Z'))).toBe('00:00:00');
  });

  it('counts timers and ages', () => {
    expect([formatTimer(102), formatTimer(3_723), formatTimer(-4)]).toEqual([
      '01:42',
      '1:02:03',
      '00:00',
    ]);
    expect([formatAge(8), formatAge(119), formatAge(181), formatAge(7_300)]).toEqual([
      '8\u00a0s',
      '119\u00a0s',
      '3\u00a0min',
      '2\u00a0h',
    ]);
    expect([formatEta(40), formatEta(200)]).toEqual(['40\u00a0s', '3\u00a0min']);
  });
});

describe('numbers', () => {
  it('uses the decimal comma for Spanish and Guaraní', () => {
    configureFormats({ language: 'gn' });
    expect([formatDistance(83), formatDistance(1_240)]).toEqual(['80\u00a0m', '1,2\u00a0km']);
  });

  it('shortens the number to what is said over the radio', () => {
    expect([shortNumber('2026-000147'), shortNumber('2026-012345'), shortNumber('7')]).toEqual([
      '0147',
      '12345',
      '7',
    ]);
  });
});

describe('the server clock', () => {
  it('trusts the least delayed of the last beats', () => {
    const clock = new ServerClock();
    clock.hear(10_000, 4_100);
    clock.hear(12_000, 6_020);
    clock.hear(14_000, 8_300);
    expect(clock.now(20_000)).toBe(25_980);
  });
});
