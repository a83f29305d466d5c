/** A reason of the centre in words; one that this screen does not know is shown as it came. */

import type { DeskWords } from '@/shared/i18n/i18n';
import { formatAge, formatDistance, shortNumber } from '@/shared/time/format';
import type { Why } from '@/shared/wire/dispatch';

export function whyText(why: Why | string, t: DeskWords): string {
  if (typeof why === 'string') return t(`why.${why as 'repeat'}`, { defaultValue: why });
  const { code, params, ...rest } = why;
  const given: Record<string, unknown> = { ...rest, ...(params as object | undefined) };
  const words = { ...given };
  if (typeof given.distance_m === 'number') words.distance = formatDistance(given.distance_m);
  if (typeof given.radius_m === 'number') words.radius = formatDistance(given.radius_m);
  if (typeof given.window_s === 'number') words.window = formatAge(given.window_s);
  if (typeof given.age_s === 'number') words.age = formatAge(given.age_s);
  if (typeof given.number === 'string') words.number = shortNumber(given.number);
  if (Array.isArray(given.words)) words.words = given.words.join(', ');
  return t(`why.${code as 'repeat'}`, { ...words, defaultValue: code });
}
