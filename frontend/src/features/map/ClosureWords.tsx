import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatAge, formatDayClock } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import type { Closure } from '@/shared/wire/types';
import { inForce } from './closures';

/** Since when, until when, for whom, and by whom a road is closed. */
export function ClosureWords({ closure }: { closure: Closure }) {
  const { t } = useTranslation(DESK);
  const now = useNow();
  const { from, until, applies_to, drawn_by } = closure;
  const at = (time: string) => formatDayClock(Date.parse(time));
  const begun = Date.parse(from) <= now;
  const over = begun && !inForce(closure, now);
  const since = begun
    ? t('closure.since', { age: formatAge((now - Date.parse(from)) / 1_000) })
    : t('closure.planned', { at: at(from) });
  const words = [
    over && until ? t('closure.over', { at: at(until) }) : since,
    ...(over ? [] : [until ? t('closure.endsAt', { at: at(until) }) : t('closure.open')]),
    ...(applies_to === 'civil' ? [t('closure.civil')] : []),
    t('closure.by', { by: drawn_by }),
  ];
  return <p className="muted dense">{words.join(' · ')}</p>;
}
