/** Reasons for and against a unit in words; a code that is new to this screen shows as itself. */

import type { DeskWords } from '@/shared/i18n/i18n';
import { formatAge, formatDistance, formatEta, shortNumber } from '@/shared/time/format';
import type { Reason, RecommendedUnit } from '@/shared/wire/answers';

export function capabilityText(capability: string, t: DeskWords): string {
  return t(`capability.${capability as 'patrol'}`, { defaultValue: capability });
}

/** "la más rápida de 4 · patrulla · posición de hace 8 s": why this unit, in words. */
export function reasonsText(
  offer: Pick<RecommendedUnit, 'reasons' | 'position_age_s'>,
  t: DeskWords,
): string {
  const position =
    offer.position_age_s === null
      ? []
      : [t('recommend.position', { age: formatAge(offer.position_age_s) })];
  return [...offer.reasons.map((reason) => reasonText(reason, t)), ...position].join(' · ');
}

/** Numbers of seconds and metres become words of their own: `eta_s` fills `{{eta}}`. */
const WORDS_OF: Record<string, (value: number) => string> = {
  age_s: formatAge,
  eta_s: formatEta,
  lost_s: formatEta,
  loses_s: formatEta,
  later_s: formatEta,
  saves_s: formatEta,
  after_s: formatEta,
  before_s: formatEta,
  seconds: formatEta,
  busy_s: formatAge,
  distance_m: formatDistance,
};

export function reasonText(reason: Reason, t: DeskWords): string {
  const given = { ...reason, ...(reason.params as object | undefined) } as Record<string, unknown>;
  const words = { ...given };
  for (const [name, write] of Object.entries(WORDS_OF))
    if (typeof given[name] === 'number')
      words[name.replace(/_(s|m)$/, '')] = write(given[name] as number);
  if (typeof given.capability === 'string') words.capability = capabilityText(given.capability, t);
  if (typeof given.number === 'string') words.number = shortNumber(given.number);
  return t(`reason.${reason.code as 'soonest'}`, { ...words, defaultValue: reason.code }) as string;
}
