/** Running times: how long something waits, how old a position is. */

import { useTranslation } from '@/shared/i18n/i18n';
import { formatAge, formatClock, formatTimer } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import type { Time } from '@/shared/wire/types';

const CLASS = { normal: '', serious: 'tone-serious', critical: 'tone-critical' } as const;

interface WaitProps {
  since: Time;
  /** Seconds from which it is shown serious and critical; without it the timer stays plain. */
  limits?: readonly [number, number] | undefined;
  /** The server says that this is over its limit. */
  overdue?: boolean;
}

/** A timer with thresholds: colour, weight and "!". */
export function Wait({ since, limits, overdue = false }: WaitProps) {
  const seconds = (useNow() - Date.parse(since)) / 1_000;
  const late = overdue || (limits !== undefined && seconds >= limits[1]);
  const level = late ? 'critical' : limits && seconds >= limits[0] ? 'serious' : 'normal';
  return (
    <time
      className={CLASS[level]}
      dateTime={since}
      data-late={level}
      title={formatClock(Date.parse(since))}
    >
      {formatTimer(seconds)}
      {level === 'normal' ? null : <strong>{' !'}</strong>}
    </time>
  );
}

/** The age of a position or picture in one unit: 8 s, 3 min; a dash where there is none. */
export function FixAge({ at }: { at: Time | null | undefined }) {
  const now = useNow();
  const { t } = useTranslation('common');
  if (!at) return <span className="tone-off">{t('age.none')}</span>;
  const seconds = (now - Date.parse(at)) / 1_000;
  const level = seconds <= 30 ? '' : seconds <= 120 ? 'muted' : 'tone-off';
  return (
    <time className={level} dateTime={at} data-age={Math.floor(seconds)}>
      {seconds > 120 ? t('age.ago', { age: formatAge(seconds) }) : formatAge(seconds)}
    </time>
  );
}

/** An instant as a 24 h clock time. */
export function At({ at }: { at: Time | null }) {
  if (at === null) return <span className="tone-off">{'–'}</span>;
  return <time dateTime={at}>{formatClock(Date.parse(at))}</time>;
}
