/** Which status a responder presses next, and what stands behind "Más": pure. */

import type { Activity, Unit } from '@/shared/wire/types';
import type { Item } from './outbox';

export type Step =
  | 'acknowledged'
  | 'en_route'
  | 'on_scene'
  | 'transporting'
  | 'at_hospital'
  | 'clear'
  | 'in_service'
  | 'break'
  | 'off_duty'
  | 'out_of_service';

const NEXT: Partial<Record<Activity, Step>> = {
  dispatched: 'acknowledged',
  acknowledged: 'en_route',
  en_route: 'on_scene',
  on_scene: 'clear',
  transporting: 'at_hospital',
  at_hospital: 'clear',
  break: 'in_service',
  off_duty: 'in_service',
  out_of_service: 'in_service',
};

const MORE: Partial<Record<Activity, readonly Step[]>> = {
  dispatched: ['en_route', 'on_scene'],
  acknowledged: ['on_scene'],
  en_route: ['clear'],
  on_scene: ['transporting'],
  transporting: ['on_scene', 'clear'],
  in_service: ['break', 'out_of_service', 'off_duty'],
  break: ['out_of_service', 'off_duty'],
  off_duty: ['out_of_service'],
  out_of_service: ['off_duty'],
};

/** Ambulances go on to a hospital; for others that button would only be in the way. */
const CARRIES = new Set(['ambulance']);

/** What the unit does as far as this phone knows: the last press that waits counts already. */
export function shownActivity(
  unit: Unit,
  waiting: readonly Item[],
): { activity: Activity; sent: boolean } {
  const last = waiting.findLast((item) => item.lane === 'actions' && item.path.endsWith('/status'));
  if (last === undefined) return { activity: unit.activity, sent: true };
  const activity = last.label === 'clear' ? 'in_service' : (last.label as Activity);
  return { activity, sent: false };
}

export function nextStep(activity: Activity): Step | null {
  return NEXT[activity] ?? null;
}

export function otherSteps(activity: Activity, kind: string): readonly Step[] {
  const steps = MORE[activity] ?? [];
  return CARRIES.has(kind) ? steps : steps.filter((step) => step !== 'transporting');
}
