import { lazy, Suspense, useState } from 'react';
import { useLabel, useReference } from '@/shared/api/reference';
import { clearEmergency, releaseUnits, setUnitStatus } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, labelIn, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDistance, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { At, FixAge, Wait } from '@/shared/ui/ages';
import { StatusMark, UnitMark } from '@/shared/ui/marks';
import { Guard } from '@/shared/ui/panel';
import { PendingMark } from '@/shared/ui/Rejections';
import type { LabelledCode } from '@/shared/wire/answers';
import type { DeskUnit } from '@/shared/wire/dispatch';
import { select } from '@/situation/selection';
import { unitFix, useSituation } from '@/situation/store';
import { ProposalCard } from './ProposalCard';
import './units.css';

const UnitCrew = lazy(() => import('./UnitCrew'));

const KMH = 3.6;
const OUT_OF_SERVICE = 'out_of_service';

export function UnitDetail({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const mayReport = useMay('units.report_any');
  const mayAssign = useMay('units.assign');
  return (
    <div className="detail-columns" data-testid="unit-detail" data-callsign={unit.callsign}>
      <section className="detail-column">
        <header className="detail-head">
          <UnitMark unit={unit} size={16} />
          <h2>{unit.callsign}</h2>
          <span>{t(`common:activity.${unit.activity}`)}</span>
          <Wait since={unit.status_at} />
          <PendingMark id={unit.id} />
        </header>
        {unit.emergency && (
          <p className="tone-critical unit-actions">
            <strong>{t('units.emergency')}</strong>
            {mayAssign && (
              <button
                type="button"
                className="button"
                data-kind="danger"
                data-size="small"
                data-testid="emergency-clear"
                onClick={() => void attempt(clearEmergency(unit.id, 'resolved'))}
              >
                {t('units.clearEmergency')}
              </button>
            )}
          </p>
        )}
        <ProposalCard key={unit.id} unit={unit} />
        <Disagreement unit={unit} />
        <UnitFacts unit={unit} />
      </section>
      <section className="detail-column">
        <UnitAssignment unit={unit} />
        {mayReport && <StatusButtons key={unit.id} unit={unit} />}
      </section>
      <section className="detail-column">
        <Guard>
          <Suspense fallback={null}>
            <UnitCrew key={unit.id} unit={unit} />
          </Suspense>
        </Guard>
      </section>
    </div>
  );
}

/** The crew says one thing and its positions another: said, and nothing changed by it. */
function Disagreement({ unit: { disagreement } }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  if (!disagreement) return null;
  return (
    <p className="proposal tone-caution" data-testid="disagreement" data-code={disagreement.code}>
      <span>
        <StatusMark tone="caution" />{' '}
        {t(`proposal.doubt.${disagreement.code as 'far_from_scene'}`, {
          distance: formatDistance(disagreement.distance_m ?? 0),
          defaultValue: disagreement.code,
        })}{' '}
        <At at={disagreement.since} />
      </span>
    </p>
  );
}

function UnitFacts({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const fix = useSituation(({ live }) => unitFix(live, unit.id));
  const outLabel = useLabel('out_reasons');
  return (
    <dl className="facts">
      <dt>{t('word.agency')}</dt>
      <dd>{unit.agency}</dd>
      <dt>{t('unit.kind')}</dt>
      <dd>{t(`unitKind.${unit.kind as 'patrol'}`, { defaultValue: unit.kind })}</dd>
      <dt>{t('unit.capabilities')}</dt>
      <dd>
        {unit.capabilities
          .map((one) => t(`capability.${one as 'patrol'}`, { defaultValue: one }))
          .join(', ')}
      </dd>
      <dt>{t('unit.position')}</dt>
      <dd data-testid="unit-position-age">
        <FixAge at={fix?.occurred_at} />
        {fix?.accuracy_m != null && ` · ±${Math.round(fix.accuracy_m)} m`}
        {fix?.speed_mps != null && ` · ${Math.round(fix.speed_mps * KMH)} km/h`}
      </dd>
      {unit.out_reason && (
        <>
          <dt>{t('unit.reason')}</dt>
          <dd data-testid="out-reason">{outLabel(unit.out_reason)}</dd>
        </>
      )}
      {unit.busy_since && (
        <>
          <dt>{t('crew.busySince')}</dt>
          <dd>
            <Wait since={unit.busy_since} />
          </dd>
        </>
      )}
      {unit.reason && (
        <>
          <dt>{t('unit.reason')}</dt>
          <dd>{unit.reason}</dd>
        </>
      )}
    </dl>
  );
}

function UnitAssignment({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const mayAssign = useMay('units.assign');
  const { assignment } = unit;
  const number = useSituation(({ picture }) =>
    assignment ? picture.incidents[assignment.incident_id]?.number : undefined,
  );
  if (!assignment) return <p className="muted">{t('unit.free')}</p>;
  return (
    <dl className="facts">
      <dt>{t('word.incident')}</dt>
      <dd className="unit-actions">
        <button
          type="button"
          className="button"
          data-size="small"
          onClick={() => select({ type: 'incident', id: assignment.incident_id })}
        >
          {number ? shortNumber(number) : t('unit.unseenIncident')}
        </button>
        {mayAssign && (
          <button
            type="button"
            className="button"
            data-size="small"
            onClick={() =>
              void attempt(
                releaseUnits(assignment.incident_id, [unit.id], 'released_by_dispatcher'),
              )
            }
          >
            {t('assigned.release')}
          </button>
        )}
      </dd>
      <dt>{t('assigned.at')}</dt>
      <dd>
        <At at={assignment.assigned_at} />
      </dd>
      <dt>{t('assigned.acknowledged')}</dt>
      <dd>
        <At at={assignment.acknowledged_at} />
      </dd>
      <dt>{t('assigned.enRoute')}</dt>
      <dd>
        <At at={assignment.en_route_at} />
      </dd>
      <dt>{t('assigned.onScene')}</dt>
      <dd>
        <At at={assignment.on_scene_at} />
      </dd>
    </dl>
  );
}

const NONE: readonly LabelledCode[] = [];
const FREE_STATUSES = new Set(['in_service', 'at_station', 'break', 'off_duty', 'out_of_service']);

function StatusButtons({ unit }: { unit: DeskUnit }) {
  const { t, language } = useTranslation(DESK);
  const statuses = useReference((state) => state.codes.unit_statuses);
  const outReasons = useReference((state) => state.codes.out_reasons ?? NONE);
  const [asking, setAsking] = useState(false);
  const offered = statuses.filter(
    ({ code }) => (unit.assignment === null) === FREE_STATUSES.has(code),
  );
  return (
    <>
      <h3>{t('unit.setStatus')}</h3>
      <div className="unit-actions">
        {offered.map((status) => (
          <button
            key={status.code}
            type="button"
            className="button"
            data-size="small"
            aria-pressed={unit.activity === status.code}
            data-testid={`set-${status.code}`}
            onClick={() =>
              status.code === OUT_OF_SERVICE
                ? setAsking(!asking)
                : void attempt(setUnitStatus(unit.id, status.code))
            }
          >
            {labelIn(status.labels, language, status.code)}
          </button>
        ))}
      </div>
      {asking && (
        <div className="unit-actions" role="group" aria-label={t('outReason.ask')}>
          {outReasons.map((one) => (
            <Act
              key={one.code}
              testId={`out-${one.code}`}
              onClick={() => {
                setAsking(false);
                void attempt(setUnitStatus(unit.id, OUT_OF_SERVICE, { out_reason: one.code }));
              }}
            >
              {labelIn(one.labels, language, one.code)}
            </Act>
          ))}
        </div>
      )}
    </>
  );
}
