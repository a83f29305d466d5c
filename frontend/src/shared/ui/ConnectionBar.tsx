import { useStore } from 'zustand';
import { useTranslation } from '@/shared/i18n/i18n';
import { connection } from '@/shared/live/browser';
import { type LinkState, type LinkStatus, linkStatus } from '@/shared/live/status';
import { serverClock } from '@/shared/time/clock';
import { formatAge, formatClock, formatDecimal } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { StatusMark, type Tone } from '@/shared/ui/marks';
import './connection.css';

const TONE: Record<LinkState, Tone> = {
  live: 'normal',
  connecting: 'off',
  stale: 'caution',
  reconnecting: 'caution',
  lost: 'critical',
};

export function useLinkStatus(): LinkStatus {
  const link = useStore(connection, (state) => state.link);
  useNow();
  return linkStatus(link, Date.now());
}

/** How fresh everything on screen is, in words, always there. */
export function ConnectionBar() {
  const { t } = useTranslation('common');
  const status = useLinkStatus();
  const degraded = useStore(connection, (state) => state.degraded);
  return (
    <div className="connection" role="status" data-testid="connection" data-state={status.state}>
      <StatusMark tone={TONE[status.state]} />
      <span className={status.state === 'live' ? '' : `tone-${TONE[status.state]} connection-bad`}>
        {useWords(status)}
      </span>
      {degraded.map((part) => (
        <span key={part} className="connection-part tone-caution" data-testid={`degraded-${part}`}>
          {t('connection.degraded', {
            part: t(`connection.part.${part as 'database' | 'cameras' | 'routing'}`, {
              defaultValue: part,
            }),
          })}
        </span>
      ))}
    </div>
  );
}

function useWords({ state, ageMs, resumedCount }: LinkStatus): string {
  const { t } = useTranslation('common');
  if (resumedCount !== null && state === 'live')
    return t('connection.resumed', { count: resumedCount });
  const age = formatAge(ageMs / 1_000);
  switch (state) {
    case 'live':
      return t('connection.live', { age: formatDecimal(Math.round(ageMs / 100) / 10) });
    case 'lost':
      return t('connection.lost', { since: formatClock(serverClock.now() - ageMs), age });
    case 'connecting':
      return t('connection.connecting');
    default:
      return t(`connection.${state}`, { age });
  }
}
