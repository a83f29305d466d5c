import { useCallback, useEffect, useMemo } from 'react';
import { get } from '@/shared/api/client';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { formatAge } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { PriorityBadge, StatusMark } from '@/shared/ui/marks';
import { Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import { useSituation } from '@/situation/store';
import { count } from './figures';
import { countNow, PRIORITIES } from './now';

const ASK_AGAIN_MS = 30_000;

/** The state of the room this second; every number leads to the list behind it. */
export function NowRow() {
  const { t } = useTranslation(SUPERVISE);
  const ready = useSituation((state) => state.ready);
  const picture = useSituation((state) => state.picture);
  const now = useNow();
  const found = useMemo(() => countNow(picture, now), [picture, now]);
  if (!ready) return <Skeleton rows={2} />;
  return (
    <section className="now-row" aria-label={t('now.title')} data-testid="now">
      <Box name={t('now.open')} href="/console" testId="now-open">
        {PRIORITIES.map((priority) => (
          <span key={priority} className="now-part">
            <PriorityBadge priority={priority} /> <strong>{found.open[priority]}</strong>
          </span>
        ))}
      </Box>
      <Box name={t('now.late')} href="/console" testId="now-late">
        {found.late > 0 && <StatusMark tone="serious" />}
        <strong className={found.late > 0 ? 'tone-serious' : ''}>{found.late}</strong>
      </Box>
      <Box name={t('now.waiting')} href="/console" testId="now-waiting">
        <strong className={found.waiting > 0 ? 'tone-serious' : ''}>{found.waiting}</strong>
        {found.oldestS !== null && (
          <span className="muted">{t('now.oldest', { age: formatAge(found.oldestS) })}</span>
        )}
      </Box>
      <Box name={t('now.units')} href="/console" testId="now-units">
        {found.units.length === 0 && <span className="muted">{t('empty.units')}</span>}
        {found.units.map(([activity, n]) => (
          <span key={activity} className="now-part">
            <strong>{n}</strong>{' '}
            {t(`common:activity.${activity as 'in_service'}`, { defaultValue: activity })}
          </span>
        ))}
      </Box>
      <AlarmNow />
    </section>
  );
}

interface BoxProps {
  name: string;
  href: string;
  testId: string;
  children: React.ReactNode;
}

function Box({ name, href, testId, children }: BoxProps) {
  return (
    <a className="now-box" href={href} data-testid={testId}>
      <span className="muted dense">{name}</span>
      <span className="now-values">{children}</span>
    </a>
  );
}

interface AlarmLoad {
  operators: { name: string; last_10_min: number; last_hour: number }[];
  flood: boolean;
  shelved: unknown;
}

/** Alarms per operator; ISA-18.2 asks for at most one in ten minutes. */
function AlarmNow() {
  const { t } = useTranslation(SUPERVISE);
  const load = useCallback(() => get<AlarmLoad>('/alarms/load'), []);
  const { value, problem, again } = useLoaded(load);
  useEffect(() => {
    const timer = setInterval(again, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <Box name={t('now.alarms')} href="/console" testId="now-alarms">
      {problem && <span className="muted">{t('now.alarmsUnknown')}</span>}
      {value?.flood && (
        <span className="tone-critical">
          <StatusMark tone="critical" /> {t('now.flood')}
        </span>
      )}
      {value?.operators.length === 0 && <span className="muted">{t('now.noAlarms')}</span>}
      {value?.operators.slice(0, 3).map((one) => (
        <span key={one.name} className="now-part">
          {one.name} <strong>{count(one.last_10_min)}</strong>{' '}
          <span className="muted">{t('now.anHour', { n: count(one.last_hour) })}</span>
        </span>
      ))}
    </Box>
  );
}
