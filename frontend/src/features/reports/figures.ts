/** Figures as text. */

import { formatDecimal, formatTimer } from '@/shared/time/format';

const NONE = '–';

export const seconds = (value: number | null): string =>
  value === null ? NONE : formatTimer(value);

/** Minutes with their sign: what was lost is above 0. */
export function minutes(value: number | null): string {
  if (value === null) return NONE;
  const text = formatDecimal(Math.abs(value) / 60);
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}\u00a0min`;
}

export const share = (value: number | null): string =>
  value === null ? NONE : `${formatDecimal(value * 100)}\u00a0%`;

export const count = (value: number | null): string =>
  value === null ? NONE : formatDecimal(value);
