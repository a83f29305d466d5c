import { lazy, Suspense, useState } from 'react';
import type { Route } from '@/features/map/route';
import { useRoute } from '@/features/map/route';
import { signOut } from '@/features/session/session';
import { useLabel, useReference } from '@/shared/api/reference';
import { FIELD, needWords, useTranslation } from '@/shared/i18n/i18n';
import { problemText } from '@/shared/i18n/problems';
import { setTheme, useTheme } from '@/shared/theme/theme';
import { formatClock, formatDistance, formatEta, shortNumber } from '@/shared/time/format';
import { FixAge, Wait } from '@/shared/ui/ages';
import { ConnectionBar } from '@/shared/ui/ConnectionBar';
import { HoldButton } from '@/shared/ui/HoldButton';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { PriorityBadge, UnitMark } from '@/shared/ui/marks';
import { Guard, Skeleton } from '@/shared/ui/panel';
import { persistently } from '@/shared/ui/persistently';
import type { Id, Incident, Unit } from '@/shared/wire/types';
import { unitFix, useSituation } from '@/situation/store';
import { forgetDuty } from './duty';
import {
  forgetRefused,
  pressEmergency,
  pressStatus,
  shareLocation,
  stopSharing,
  useField,
} from './field';
import { nextStep, otherSteps, type Step, shownActivity } from './steps';
import './field.css';

const Way = lazy(() =>
  persistently(async () => {
    const [way] = await Promise.all([import('./Way'), needWords('drive')]);
    return way;
  }),
);

/** One thumb: what and where on top, what to press at the bottom, everything else behind "Más". */
export function FieldPage({ unitId }: { unitId: Id }) {
  const { t } = useTranslation(FIELD);
  const ready = useSituation((state) => state.ready);
  const unit = useSituation(({ picture }) => picture.units[unitId]);
  const incident = useSituation(({ picture }) =>
    unit?.assignment ? picture.incidents[unit.assignment.incident_id] : undefined,
  );
  const route = useRoute(unitId, incident?.id ?? null);
  if (!unit)
    return (
      <main className="field">
        <header className="field-head">
          <ConnectionBar />
        </header>
        {ready ? <p className="message">{t('noSuchUnit')}</p> : <Skeleton rows={5} />}
      </main>
    );
  return (
    <main className="field" data-testid="field" data-callsign={unit.callsign}>
      <Head unit={unit} />
      <Conflicts />
      {incident ? <Task incident={incident} route={route} /> : <Idle />}
      <div className="field-map">
        <Guard>
          <Suspense fallback={<Skeleton rows={2} />}>
            <Way
              unitId={unitId}
              callsign={unit.callsign}
              incidentId={incident?.id ?? null}
              route={route}
            />
          </Suspense>
        </Guard>
      </div>
      <Actions unit={unit} incident={incident} />
    </main>
  );
}

function Head({ unit }: { unit: Unit }) {
  const { t } = useTranslation(FIELD);
  const waiting = useField((state) => state.waiting);
  const shown = shownActivity(unit, waiting);
  return (
    <header className="field-head">
      <div className="field-unit">
        <UnitMark unit={unit} size={18} />
        <strong data-testid="field-callsign">{unit.callsign}</strong>
        <span data-testid="field-activity" data-activity={shown.activity} data-sent={shown.sent}>
          {t(`common:activity.${shown.activity}`)}
          {shown.sent ? '' : ` ${t('notSent')}`}
        </span>
        <OutboxBadge />
      </div>
      <div className="field-link">
        <ConnectionBar />
        <Tracking unitId={unit.id} />
      </div>
    </header>
  );
}

function OutboxBadge() {
  const { t } = useTranslation(FIELD);
  const count = useField((state) => state.waiting.length);
  const lasting = useField((state) => state.lasting);
  if (count === 0) return null;
  return (
    <span className="outbox tone-caution" data-testid="outbox" data-count={count} role="status">
      {t('outbox', { count })}
      {lasting ? '' : ` ${t('outboxNotKept')}`}
    </span>
  );
}

function Tracking({ unitId }: { unitId: Id }) {
  const { t } = useTranslation(FIELD);
  const tracking = useField((state) => state.tracking);
  const sentAt = useSituation(({ live }) => unitFix(live, unitId)?.occurred_at);
  const ownAt = useField((state) => state.fix?.occurred_at);
  const bad = tracking === 'denied' || tracking === 'unavailable';
  return (
    <span className={bad ? 'tone-serious' : 'muted'} data-testid="tracking" data-state={tracking}>
      {t(`tracking.${tracking}`)} <FixAge at={ownAt ?? sentAt} />
    </span>
  );
}

/** What the centre did not accept: said in words, never silently merged. */
function Conflicts() {
  const { t } = useTranslation(FIELD);
  const { t: common } = useTranslation('common');
  const refused = useField((state) => state.refused);
  if (refused.length === 0) return null;
  return (
    <ul className="conflicts" role="alert">
      {refused.map(({ item, problem }) => (
        <li key={item.key} data-testid="conflict" data-code={problem.code}>
          <p>
            <strong>
              {t('conflict', {
                what: t(`step.${item.label as 'en_route'}`, { defaultValue: item.label }),
                at: formatClock(Date.parse(item.at)),
              })}
            </strong>{' '}
            {problemText(problem, common)}
          </p>
          <button type="button" className="button" onClick={() => forgetRefused(item.key)}>
            {t('understood')}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Task({ incident, route }: { incident: Incident; route: Route | null }) {
  const { t } = useTranslation(FIELD);
  const typeLabel = useLabel('incident_types');
  return (
    <section className="field-task" data-testid="field-task" data-number={incident.number}>
      <p className="field-title">
        <PriorityBadge priority={incident.priority} />
        <strong>{shortNumber(incident.number)}</strong>
        <span>{typeLabel(incident.type)}</span>
      </p>
      <p className="field-address">{incident.address ?? t('noAddress')}</p>
      <p className="field-facts">
        {route && (
          <span data-testid="field-route">
            {`${formatDistance(route.distance_m)} · ${formatEta(route.duration_s)}`}
            {route.estimated ? ` ${t('estimated')}` : ''}
          </span>
        )}
        <Wait since={incident.opened_at} />
      </p>
      <Words incident={incident} />
    </section>
  );
}

function Words({ incident }: { incident: Incident }) {
  const { t } = useTranslation(FIELD);
  const lines = [
    ...(incident.narrative ? [{ id: 'narrative', text: incident.narrative }] : []),
    ...incident.notes,
  ];
  if (lines.length === 0) return null;
  return (
    <details className="field-notes" data-testid="field-notes">
      <summary>
        {t('notes', { count: lines.length })} <span className="clip">{lines.at(-1)?.text}</span>
      </summary>
      <ul>
        {lines.map((line) => (
          <li key={line.id} className="prose">
            {line.text}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Idle() {
  const { t } = useTranslation(FIELD);
  return (
    <section className="field-task" data-testid="field-idle">
      <p className="field-title">{t('idle')}</p>
      <p className="muted">{t('idleMore')}</p>
    </section>
  );
}

function Actions({ unit, incident }: { unit: Unit; incident: Incident | undefined }) {
  const { t } = useTranslation(FIELD);
  const [more, setMore] = useState(false);
  const waiting = useField((state) => state.waiting);
  const { activity } = shownActivity(unit, waiting);
  const next = nextStep(activity);
  return (
    <section className="field-actions" aria-label={t('actions')}>
      {next && (
        <button
          type="button"
          className="field-next"
          data-testid="next-status"
          data-status={next}
          onClick={() => pressStatus(unit.id, next)}
        >
          {t(`step.${next}`)}
        </button>
      )}
      {more && <More unit={unit} incident={incident} onDone={() => setMore(false)} />}
      <div className="field-pair">
        <button
          type="button"
          className="button field-more"
          aria-expanded={more}
          data-testid="field-more"
          onClick={() => setMore(!more)}
        >
          {more ? t('less') : t('more')}
        </button>
        <HoldButton
          label={t('emergencyLong')}
          testId="emergency"
          disabled={unit.emergency}
          onHeld={() => pressEmergency(unit.id)}
        >
          {unit.emergency ? t('emergencyOn') : t('emergency')}
        </HoldButton>
        {unit.emergency && (
          <p className="field-heard" role="status" data-testid="emergency-heard">
            {unit.emergency_acknowledged_by
              ? t('emergencySeen', { by: unit.emergency_acknowledged_by })
              : t('emergencyWaits')}
          </p>
        )}
      </div>
    </section>
  );
}

/** Whoever takes this phone next sees nothing of the last duty. */
function leave(): void {
  forgetDuty();
  void signOut();
}

interface MoreProps {
  unit: Unit;
  incident: Incident | undefined;
  onDone: () => void;
}

function More({ unit, incident, onDone }: MoreProps) {
  const { t } = useTranslation(FIELD);
  const waiting = useField((state) => state.waiting);
  const tracking = useField((state) => state.tracking);
  const theme = useTheme();
  const { activity } = shownActivity(unit, waiting);
  const [asksWhy, setAsksWhy] = useState(false);
  const reasons = useReference(({ codes }) => codes.out_reasons);
  const label = useLabel('out_reasons');
  const place = incident?.location;
  const press = (step: Step, why?: object) => {
    pressStatus(unit.id, step, why);
    onDone();
  };
  if (asksWhy) {
    return (
      <div className="field-others" data-testid="out-reasons">
        {reasons?.map(({ code }) => (
          <button
            key={code}
            type="button"
            className="button"
            data-testid={`reason-${code}`}
            onClick={() => press('out_of_service', { out_reason: code })}
          >
            {label(code)}
          </button>
        ))}
      </div>
    );
  }
  return (
    <div className="field-others" data-testid="field-others">
      {otherSteps(activity, unit.kind).map((step) => (
        <button
          key={step}
          type="button"
          className="button"
          data-testid={`status-${step}`}
          onClick={() =>
            step === 'out_of_service' && reasons?.length ? setAsksWhy(true) : press(step)
          }
        >
          {t(`step.${step}`)}
        </button>
      ))}
      {place && (
        <a className="button" href={`geo:${place.lat},${place.lon}`} data-testid="navigate">
          {t('navigate')}
        </a>
      )}
      <button
        type="button"
        className="button"
        data-testid="tracking-toggle"
        onClick={() => (tracking === 'off' ? shareLocation(unit.id) : stopSharing())}
      >
        {tracking === 'off' ? t('share') : t('stopSharing')}
      </button>
      <button
        type="button"
        className="button"
        data-testid="theme-toggle"
        onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
      >
        {theme === 'dark' ? t('day') : t('night')}
      </button>
      <LanguageSwitch />
      <button type="button" className="button" data-testid="logout" onClick={leave}>
        {t('common:action.signOut')}
      </button>
    </div>
  );
}
