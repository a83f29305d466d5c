import { assignUnits } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatAge, formatDistance, formatEta } from '@/shared/time/format';
import { UnitMark } from '@/shared/ui/marks';
import { Empty, Failure, Skeleton } from '@/shared/ui/panel';
import { PendingMark } from '@/shared/ui/Rejections';
import type { Reason, RecommendedUnit } from '@/shared/wire/answers';
import type { Id } from '@/shared/wire/types';
import { previewUnit } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { useRecommendation } from './recommendation';
import './assigning.css';

export function RecommendationList({ incidentId }: { incidentId: Id }) {
  const { t } = useTranslation(DESK);
  const { answer, problem } = useRecommendation(incidentId);
  const mayAssign = useMay('units.assign');
  if (problem && answer === null) return <Failure problem={problem} />;
  if (answer === null) return <Skeleton rows={3} />;
  const ids = answer.units.map((one) => one.unit_id);
  return (
    <div data-testid="recommendation">
      {answer.shortfalls.map((shortfall) => (
        <p key={shortfall.capability} className="shortfall tone-serious" data-testid="shortfall">
          {t('recommend.shortfall', {
            count: shortfall.missing,
            capability: capabilityText(shortfall.capability, t),
            reason: t(`recommend.short.${shortfall.reason as 'none_free'}`, {
              defaultValue: shortfall.reason,
            }),
          })}
        </p>
      ))}
      {mayAssign && ids.length > 1 && (
        <button
          type="button"
          className="button assign-all"
          data-kind="primary"
          data-testid="assign-recommended"
          onClick={() => void attempt(assignUnits(incidentId, ids))}
        >
          {t('recommend.assignAll', { count: ids.length })}
        </button>
      )}
      <ul className="offers">
        {answer.units.map((unit) => (
          <Offer key={unit.unit_id} incidentId={incidentId} unit={unit} best />
        ))}
        {answer.runners_up.map((unit) => (
          <Offer key={unit.unit_id} incidentId={incidentId} unit={unit} />
        ))}
      </ul>
      {answer.units.length + answer.runners_up.length === 0 && <Empty>{t('recommend.none')}</Empty>}
    </div>
  );
}

interface OfferProps {
  incidentId: Id;
  unit: RecommendedUnit;
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
            onClick={() => void attempt(assignUnits(incidentId, [offer.unit_id]))}
          >
            {t('recommend.assign')}
          </button>
        )}
      </div>
      <p className="dense muted">{reasonsText(offer, t)}</p>
    </li>
  );
}

function capabilityText(capability: string, t: DeskWords): string {
  return t(`capability.${capability as 'patrol'}`, { defaultValue: capability });
}

/** "la más rápida de 4 · patrulla · posición de hace 8 s": why this unit, in words. */
export function reasonsText(offer: RecommendedUnit, t: DeskWords): string {
  const position =
    offer.position_age_s === null
      ? []
      : [t('recommend.position', { age: formatAge(offer.position_age_s) })];
  return [...offer.reasons.map((reason) => reasonText(reason, t)), ...position].join(' · ');
}

function reasonText(reason: Reason, t: DeskWords): string {
  const given = { ...reason, ...(reason.params as object | undefined) } as Record<string, unknown>;
  const words = { ...given };
  if (typeof given.capability === 'string') words.capability = capabilityText(given.capability, t);
  if (typeof given.age_s === 'number') words.age = formatAge(given.age_s);
  return t(`reason.${reason.code as 'soonest'}`, { ...words, defaultValue: reason.code }) as string;
}
