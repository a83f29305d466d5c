import { lazy, Suspense } from 'react';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDistance, formatEta } from '@/shared/time/format';
import { AskReason, Fold } from '@/shared/ui/act';
import { UnitMark } from '@/shared/ui/marks';
import { Empty, Failure, Guard, Skeleton } from '@/shared/ui/panel';
import { PendingMark } from '@/shared/ui/Rejections';
import type { Recommendation, RecommendedUnit } from '@/shared/wire/answers';
import type { InsteadOf, RecommendationGains } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { previewUnit } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { RunCard } from './RunCard';
import { useRecommendation } from './recommendation';
import { forgetAskedWhy, sendUnits, useAskedWhy } from './sending';
import { capabilityText, reasonsText } from './words';
import './assigning.css';

const Consequences = lazy(() => import('./Consequences'));

type Answer = Recommendation & Partial<RecommendationGains>;
type Offered = RecommendedUnit & { instead_of?: InsteadOf[] };

export function RecommendationList({ incidentId }: { incidentId: Id }) {
  const { answer, problem } = useRecommendation(incidentId);
  if (problem && answer === null) return <Failure problem={problem} />;
  if (answer === null) return <Skeleton rows={3} />;
  return (
    <div data-testid="recommendation">
      <WhyNotThose incidentId={incidentId} />
      <RunCard card={(answer as Answer).run_card ?? null} />
      <Shortfalls answer={answer} />
      <Chosen incidentId={incidentId} answer={answer} />
      <Guard>
        <Suspense fallback={null}>
          <Consequences incidentId={incidentId} answer={answer as Answer} />
        </Suspense>
      </Guard>
    </div>
  );
}

function Shortfalls({ answer }: { answer: Answer }) {
  const { t } = useTranslation(DESK);
  return answer.shortfalls.map((shortfall) => (
    <p key={shortfall.capability} className="shortfall tone-serious" data-testid="shortfall">
      {t('recommend.shortfall', {
        count: shortfall.missing,
        capability: capabilityText(shortfall.capability, t),
        reason: t(`recommend.short.${shortfall.reason as 'none_free'}`, {
          defaultValue: shortfall.reason,
        }),
      })}
    </p>
  ));
}

function Chosen({ incidentId, answer }: { incidentId: Id; answer: Answer }) {
  const { t } = useTranslation(DESK);
  const mayAssign = useMay('units.assign');
  const ids = answer.units.map((one) => one.unit_id);
  const { first_arrival_s: first, complete_arrival_s: complete } = answer;
  return (
    <>
      {mayAssign && ids.length > 1 && (
        <button
          type="button"
          className="button assign-all"
          data-kind="primary"
          data-testid="assign-recommended"
          onClick={() => void sendUnits(incidentId, ids)}
        >
          {t('recommend.assignAll', { count: ids.length })}
        </button>
      )}
      {first != null && complete != null && ids.length > 1 && (
        <p className="dense muted" data-testid="arrivals">
          {t('arrivals', { first: formatEta(first), complete: formatEta(complete) })}
        </p>
      )}
      <ul className="offers">
        {answer.units.map((unit) => (
          <Offer key={unit.unit_id} incidentId={incidentId} unit={unit} best />
        ))}
      </ul>
      {answer.runners_up.length > 0 && (
        <Fold
          title={t('runnersUp', { count: answer.runners_up.length })}
          testId="runners-up"
          open={answer.units.length === 0 || answer.runners_up.length <= FEW}
        >
          <ul className="offers">
            {answer.runners_up.map((unit) => (
              <Offer key={unit.unit_id} incidentId={incidentId} unit={unit} />
            ))}
          </ul>
        </Fold>
      )}
      {answer.units.length + answer.runners_up.length === 0 && <Empty>{t('recommend.none')}</Empty>}
    </>
  );
}

/** So few next-best units are shown without asking. */
const FEW = 4;

/** The centre wants to know why it is not the recommended units; asked here, where one looks anyway. */
function WhyNotThose({ incidentId }: { incidentId: Id }) {
  const { t } = useTranslation(DESK);
  const about = useAskedWhy(incidentId);
  const units = useSituation(({ picture }) => picture.units);
  if (about === null) return null;
  const callsigns = about.unitIds.map((id) => units[id]?.callsign ?? '?').join(', ');
  return (
    <AskReason
      key={about.unitIds.join()}
      label={t('override.why', { callsigns })}
      submit={t('override.send', { callsigns })}
      testId="override-reason"
      often={(['closer', 'crew', 'asked', 'wrong'] as const).map((one) =>
        t(`override.often.${one}`),
      )}
      onCancel={forgetAskedWhy}
      onSubmit={(reason) =>
        void sendUnits(incidentId, [...about.unitIds], { reason, divert: about.divert })
      }
    >
      {about.recommended.length > 0 && (
        <p className="dense">
          {t('override.recommended', { callsigns: about.recommended.join(', ') })}
        </p>
      )}
    </AskReason>
  );
}

interface OfferProps {
  incidentId: Id;
  unit: Offered;
  best?: boolean;
}

function Offer({ incidentId, unit: offer, best = false }: OfferProps) {
  const { t } = useTranslation(DESK);
  const unit = useSituation(({ picture }) => picture.units[offer.unit_id]);
  const mayAssign = useMay('units.assign');
  return (
    <li
      className="offer"
      data-best={best}
      data-testid="recommended-unit"
      data-callsign={offer.callsign}
      onPointerEnter={() => previewUnit(offer.unit_id)}
      onPointerLeave={() => previewUnit(null)}
      onFocus={() => previewUnit(offer.unit_id)}
      onBlur={() => previewUnit(null)}
    >
      <div className="offer-head">
        {unit && <UnitMark unit={unit} />}
        <strong>{offer.callsign}</strong>
        <span>{offer.eta_s === null ? t('recommend.noEta') : formatEta(offer.eta_s)}</span>
        <span className="muted">
          {offer.distance_m === null ? '' : formatDistance(offer.distance_m)}
        </span>
        <PendingMark id={offer.unit_id} />
        {mayAssign && (
          <button
            type="button"
            className="button"
            data-size="small"
            data-kind={best ? 'primary' : undefined}
            data-testid={`assign-${offer.callsign}`}
            onClick={() => void sendUnits(incidentId, [offer.unit_id])}
          >
            {t('recommend.assign')}
          </button>
        )}
      </div>
      <p className="dense muted">{reasonsText(offer, t)}</p>
      {(offer.instead_of ?? []).map((other) => (
        <p key={other.unit_id} className="dense muted" data-testid="instead-of">
          {insteadText(other, t)}
        </p>
      ))}
    </li>
  );
}

function insteadText(other: InsteadOf, t: DeskWords): string {
  const { callsign, loses_s: loses } = other;
  // how much later it would be stands in the sentence itself
  const others = other.reasons.filter((reason) => reason.code !== 'later');
  const reasons = reasonsText({ reasons: others, position_age_s: null }, t);
  const words =
    loses === null
      ? t('insteadOf.plain', { callsign })
      : t('insteadOf.loses', { callsign, loses: formatEta(Math.max(0, loses)) });
  return reasons === '' ? words : `${words} (${reasons})`;
}
