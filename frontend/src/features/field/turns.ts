/** Which turn comes next: pure. */

import { distanceM } from '@/shared/geo/shapes';
import type { Step } from '@/shared/wire/answers';
import type { Point } from '@/shared/wire/types';

/** This near to a manoeuvre it is being driven: the one after it comes next. */
const DRIVEN_WITHIN_M = 25;

/** The index of the next turn, never going back; the first step is only the departure. */
export function nextTurn(steps: readonly Step[], at: Point | null, before: number): number {
  let next = Math.min(Math.max(1, before), steps.length - 1);
  while (at !== null && next < steps.length - 1) {
    const step = steps[next];
    if (step === undefined || distanceM(at, step) > DRIVEN_WITHIN_M) break;
    next += 1;
  }
  return next;
}

/** How far it still is to that turn, metres: from where one is, else as the route says. */
export function metresTo(steps: readonly Step[], next: number, at: Point | null): number {
  const step = steps[next];
  if (step === undefined) return 0;
  return at === null ? (steps[next - 1]?.metres ?? 0) : distanceM(at, step);
}

/** Degrees that the arrow is turned by: straight on is up. */
const TURNED_DEG: Record<string, number> = {
  slight_right: 45,
  right: 90,
  sharp_right: 135,
  turn_back: 180,
  sharp_left: -135,
  left: -90,
  slight_left: -45,
};

export const arrowDegrees = (manoeuvre: string): number => TURNED_DEG[manoeuvre] ?? 0;
