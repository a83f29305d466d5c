import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatTimer } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { At } from '@/shared/ui/ages';
import { StatusMark } from '@/shared/ui/marks';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskIncident } from '@/shared/wire/dispatch';
import { useSituation } from '@/situation/store';
import {
  type ClockName,
  type ClockRow,
  type ClockTime,
  clocksOf,
  targetOf,
  worthShowing,
} from './clockTimes';

/** Every clock as a number beside its target: colour, "!" and words when it is over. */
export function Clocks({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const now = useNow();
  const targets = useTargets(incident);
  const overdue = incident.clocks_overdue ?? [];
  if (incident.status === 'scheduled') return null;
  const clocks = worthShowing(clocksOf(incident, targets, now));
  return (
    <section className="clocks" data-testid="clocks" aria-label={t('clocks.title')}>
      <ul className="clock-list">
        {clocks.map((clock) => (
          <ClockCell key={`${clock.clock}${clock.unit}`} clock={clock} />
        ))}
      </ul>
      {overdue.length > 0 && (
        <p className="dense tone-serious" data-testid="clocks-overdue">
          {overdue.map((one) => (
            <span key={`${one.clock}${one.at}`}>
              {one.callsign && `${one.callsign}: `}
              {t('clocks.over', {
                clock: t(`clocks.name.${one.clock as 'answer'}`, { defaultValue: one.clock }),
                target: formatTimer(one.target_s),
              })}{' '}
              <At at={one.at} />{' '}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function ClockCell({ clock }: { clock: ClockTime }) {
  const { t } = useTranslation(DESK);
  return (
    <li
      className="clock-cell"
      data-clock={clock.clock}
      data-late={clock.late}
      data-running={clock.running}
    >
      <span className="dense muted clip">
        {t(`clocks.name.${clock.clock}`)}
        {clock.unit && ` ${clock.unit}`}
      </span>
      <strong
        className={`clock-value ${clock.late ? 'tone-serious' : clock.running ? '' : 'muted'}`}
      >
        {clock.late && <StatusMark tone="serious" size={10} />} {formatTimer(clock.seconds)}
        {clock.late && ' !'}
      </strong>
      <span className="dense muted">
        {clock.targetS === null
          ? t('clocks.noTarget')
          : t('clocks.target', { target: formatTimer(clock.targetS) })}
      </span>
    </li>
  );
}

/** What the rules want of this incident's type and priority, and of each unit's agency. */
function useTargets({ type, priority, agencies }: DeskIncident) {
  const version = useSituation(
    ({ picture }) => Object.values(picture.rules).find((one) => one.name === 'clocks')?.version,
  );
  const units = useSituation(({ picture }) => picture.units);
  const { answer } = useAsked<{ document: { clocks: ClockRow[] } }>('/rules/clocks', {
    because: version,
  });
  const rows = answer?.document.clocks ?? [];
  return (clock: ClockName, unitId: string | null) => {
    const agency = unitId === null ? agencies[0] : units[unitId]?.agency;
    return targetOf(rows, clock, { type, priority, agency });
  };
}
