import { useState } from 'react';
import { useLabel } from '@/shared/api/reference';
import { centreOn } from '@/shared/geo/mapBus';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatEta, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { PriorityBadge } from '@/shared/ui/marks';
import type { CoverageLoss, Divert, MoveUp, RecommendationGains } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { previewUnit } from '@/situation/selection';
import { sendUnits } from './sending';
import { capabilityText, reasonText } from './words';

const ZONES_SHOWN = 5;

interface ConsequencesProps {
  incidentId: Id;
  answer: Partial<RecommendationGains>;
}

/** What the choice costs the rest of the city, and what else could be done. */
export default function Consequences({ incidentId, answer }: ConsequencesProps) {
  return (
    <>
      <Coverage losses={worstFirst(answer.coverage)} />
      <MoveUps moves={answer.move_ups ?? []} />
      <Diverts incidentId={incidentId} diverts={answer.diverts ?? []} />
    </>
  );
}

const minutes = (seconds: number | null, t: DeskWords) =>
  seconds === null ? t('coverage.nobody') : formatEta(seconds);

function Coverage({ losses }: { losses: readonly CoverageLoss[] }) {
  const { t } = useTranslation(DESK);
  const worse = losses.filter((one) => one.lost_s === null || one.lost_s > 0);
  if (worse.length === 0)
    return losses.length > 0 ? (
      <p className="dense muted" data-testid="coverage-kept">
        {t('coverage.kept')}
      </p>
    ) : null;
  return (
    <table className="coverage" data-testid="coverage">
      <caption>{t('coverage.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('coverage.zone')}</th>
          <th scope="col">{t('coverage.capability')}</th>
          <th scope="col">{t('coverage.change')}</th>
        </tr>
      </thead>
      <tbody>
        {worse.slice(0, ZONES_SHOWN).map((one) => (
          <tr key={`${one.zone_id}${one.capability}`} data-lost={one.lost_s ?? 'all'}>
            <th scope="row" className="clip">
              {one.zone}
            </th>
            <td>{capabilityText(one.capability, t)}</td>
            <td className={one.after_s === null ? 'tone-serious' : ''}>
              {`${minutes(one.before_s, t)} → `}
              <strong>{minutes(one.after_s, t)}</strong>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MoveUps({ moves }: { moves: readonly MoveUp[] }) {
  const { t } = useTranslation(DESK);
  if (moves.length === 0) return null;
  return (
    <>
      <h3>{t('moveUp.title')}</h3>
      <ul data-testid="move-ups">
        {moves.map((move) => (
          <li key={move.unit_id} className="offer">
            <div className="offer-head">
              <strong>{move.callsign}</strong>
              <span>{`→ ${move.to.label}`}</span>
              <span className="muted">{move.eta_s === null ? '' : formatEta(move.eta_s)}</span>
              <Act testId="move-up-show" kind="quiet" onClick={() => centreOn(move.to.location)}>
                {t('danger.show')}
              </Act>
            </div>
            <p className="dense muted">{move.gains.map((gain) => gainText(gain, t)).join(' · ')}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

function gainText(gain: MoveUp['gains'][number], t: DeskWords): string {
  return t('moveUp.gain', { zone: gain.zone, gained: formatEta(gain.gained_s) });
}

/** All capabilities in one table, what is lost most on top, what nobody could serve before that. */
function worstFirst(coverage: RecommendationGains['coverage'] | undefined): CoverageLoss[] {
  const lost = (one: CoverageLoss) => (one.after_s === null ? Infinity : (one.lost_s ?? 0));
  return Object.values(coverage ?? {})
    .flat()
    .sort((a, b) => lost(b) - lost(a));
}

function Diverts({ incidentId, diverts }: { incidentId: Id; diverts: readonly Divert[] }) {
  const { t } = useTranslation(DESK);
  if (diverts.length === 0) return null;
  return (
    <>
      <h3>{t('divert.title')}</h3>
      <ul data-testid="diverts">
        {diverts.map((divert) => (
          <DivertRow key={divert.unit_id} incidentId={incidentId} divert={divert} />
        ))}
      </ul>
    </>
  );
}

function DivertRow({ incidentId, divert }: { incidentId: Id; divert: Divert }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const mayAssign = useMay('units.assign');
  const [sure, setSure] = useState(false);
  const { callsign, from } = divert;
  return (
    <li
      className="offer"
      data-testid="divert"
      data-callsign={callsign}
      onPointerEnter={() => previewUnit(divert.unit_id)}
      onPointerLeave={() => previewUnit(null)}
    >
      <div className="offer-head">
        <strong>{callsign}</strong>
        <span>{divert.eta_s === null ? t('recommend.noEta') : formatEta(divert.eta_s)}</span>
        <PriorityBadge priority={from.priority} />
        <span className="muted clip">{`${shortNumber(from.number)} ${typeLabel(from.type)}`}</span>
        {mayAssign && (
          <Act testId={`divert-${callsign}`} expanded={sure} onClick={() => setSure(!sure)}>
            {t('divert.consider')}
          </Act>
        )}
      </div>
      {divert.reasons.length > 0 && (
        <p className="dense muted">{divert.reasons.map((one) => reasonText(one, t)).join(' · ')}</p>
      )}
      {sure && (
        <div className="ask-reason" data-testid="divert-confirm">
          <p>
            {t('divert.confirm', {
              callsign,
              number: shortNumber(from.number),
              type: typeLabel(from.type),
              priority: from.priority,
            })}
          </p>
          <div className="acts">
            <Act
              testId="divert-yes"
              kind="danger"
              onClick={() => {
                setSure(false);
                void sendUnits(incidentId, [divert.unit_id], { divert: true });
              }}
            >
              {t('divert.yes', { callsign })}
            </Act>
            <Act testId="divert-no" kind="quiet" onClick={() => setSure(false)}>
              {t('common:action.cancel')}
            </Act>
          </div>
        </div>
      )}
    </li>
  );
}
