/** Which sound is due when: pure. Every sound has a visual twin; this only says what to play. */

import type { Id } from '@/shared/wire/types';

export type Tune = 'emergency' | 'critical' | 'serious' | 'call' | 'lost';

export const EMERGENCY_EVERY_MS = 2_500;
export const CRITICAL_EVERY_MS = 5_000;
/** In a flood of alarms one tone stands for many. */
export const SERIOUS_AT_MOST_EVERY_MS = 10_000;
export const CALL_AT_MOST_EVERY_MS = 3_000;

/** What is on screen now that a person may have to hear of. */
export interface Hearable {
  /** Units in danger that nobody has acknowledged. */
  emergencies: number;
  raised: readonly { id: Id; priority: number }[];
  waiting: readonly Id[];
  lost: boolean;
}

/** What was heard before, so that nothing rings twice. */
export interface Heard {
  emergencyAt: number;
  criticalAt: number;
  seriousAt: number;
  callAt: number;
  known: ReadonlySet<Id>;
  lost: boolean;
  /** False until the first picture: what is there already rings only when it must be acknowledged. */
  primed: boolean;
}

export const SILENCE: Heard = {
  emergencyAt: -Infinity,
  criticalAt: -Infinity,
  seriousAt: -Infinity,
  callAt: -Infinity,
  known: new Set(),
  lost: false,
  primed: false,
};

/** The one tune that is due at `atMs`, if any, and what is heard from then on. */
export function nextTune(now: Hearable, heard: Heard, atMs: number): [Tune | null, Heard] {
  const tune = loudest(now, heard, atMs);
  const ids = [...now.raised.map((alarm) => alarm.id), ...now.waiting];
  const after: Heard = { ...heard, known: new Set(ids), lost: now.lost, primed: true };
  switch (tune) {
    case 'emergency':
      return [tune, { ...after, emergencyAt: atMs, criticalAt: atMs }];
    case 'critical':
      return [tune, { ...after, criticalAt: atMs }];
    case 'serious':
      return [tune, { ...after, seriousAt: atMs }];
    case 'call':
      return [tune, { ...after, callAt: atMs }];
    default:
      return [tune, after];
  }
}

function loudest(now: Hearable, heard: Heard, atMs: number): Tune | null {
  const isNew = (id: Id) => heard.primed && !heard.known.has(id);
  if (now.emergencies > 0)
    return atMs - heard.emergencyAt >= EMERGENCY_EVERY_MS ? 'emergency' : null;
  if (now.raised.some((alarm) => alarm.priority === 1))
    return atMs - heard.criticalAt >= CRITICAL_EVERY_MS ? 'critical' : null;
  if (now.lost && !heard.lost) return 'lost';
  if (now.waiting.some(isNew) && atMs - heard.callAt >= CALL_AT_MOST_EVERY_MS) return 'call';
  const serious = now.raised.some((alarm) => alarm.priority === 2 && isNew(alarm.id));
  return serious && atMs - heard.seriousAt >= SERIOUS_AT_MOST_EVERY_MS ? 'serious' : null;
}
