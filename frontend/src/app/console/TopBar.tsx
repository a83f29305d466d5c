import { type ReactNode, useMemo } from 'react';
import { SoundControl } from '@/features/emergency/SoundControl';
import { signOut } from '@/features/session/session';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatClock, zoneLabel } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { ConnectionBar } from '@/shared/ui/ConnectionBar';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { PriorityBadge, StatusMark } from '@/shared/ui/marks';
import type { Session } from '@/shared/wire/answers';
import type { Priority } from '@/shared/wire/types';
import { counters } from '@/situation/order';
import { useSituation } from '@/situation/store';

export function Clock() {
  const now = useNow();
  return (
    <span className="clock" data-testid="clock">
      {formatClock(now)} <span className="muted">{zoneLabel(now)}</span>
    </span>
  );
}

interface TopBarProps {
  session: Session;
  onAlarms?: () => void;
  onHelp?: () => void;
  children?: ReactNode;
}

export function TopBar({ session, onAlarms, onHelp, children }: TopBarProps) {
  const { t } = useTranslation(DESK);
  return (
    <header className="topbar" data-testid="topbar">
      <strong className="brand">{t('common:product')}</strong>
      <Clock />
      <ConnectionBar />
      <Counters onAlarms={onAlarms} />
      {children}
      <span className="topbar-end">
        <OtherPage />
        <SoundControl />
        <LanguageSwitch short />
        {onHelp && (
          <button
            type="button"
            className="button"
            data-kind="quiet"
            data-size="small"
            data-testid="help-open"
            aria-label={t('help.title')}
            onClick={onHelp}
          >
            {'?'}
          </button>
        )}
        <span className="clip user" title={session.user.username} data-testid="user">
          {session.user.display_name || session.user.username}
        </span>
        <button
          type="button"
          className="button"
          data-size="small"
          data-testid="logout"
          onClick={() => void signOut()}
        >
          {t('common:action.signOut')}
        </button>
      </span>
    </header>
  );
}

/** Who reads reports goes to and fro between the console and the supervisor's page. */
function OtherPage() {
  const { t } = useTranslation(DESK);
  const mayRead = useMay('reports.read');
  if (!mayRead) return null;
  const there = location.pathname === '/supervise';
  return (
    <a
      className="button"
      data-kind="quiet"
      data-size="small"
      data-testid="other-page"
      href={there ? '/console' : '/supervise'}
    >
      {t(there ? 'top.console' : 'top.supervise')}
    </a>
  );
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];

function Counters({ onAlarms }: { onAlarms?: (() => void) | undefined }) {
  const { t } = useTranslation(DESK);
  const picture = useSituation((state) => state.picture);
  const count = useMemo(() => counters(picture), [picture]);
  return (
    <div className="counters" data-testid="counters">
      {PRIORITIES.filter((priority) => priority < 4 || count.byPriority[priority] > 0).map(
        (priority) => (
          <span key={priority} className="counter" data-testid={`count-p${priority}`}>
            <PriorityBadge priority={priority} /> <strong>{count.byPriority[priority]}</strong>
          </span>
        ),
      )}
      <span className="counter" data-testid="count-unassigned">
        {t('top.unassigned')}{' '}
        <strong className={count.unassigned > 0 ? 'tone-serious' : ''}>{count.unassigned}</strong>
      </span>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        data-size="small"
        data-testid="count-alarms"
        onClick={onAlarms}
        disabled={onAlarms === undefined}
      >
        {count.alarms > 0 && <StatusMark tone="serious" />} {t('top.alarms')}{' '}
        <strong>{count.alarms}</strong>
      </button>
    </div>
  );
}
