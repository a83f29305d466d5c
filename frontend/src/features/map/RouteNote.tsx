import { useState } from 'react';
import { centreOn } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance, formatEta } from '@/shared/time/format';
import { useSituation } from '@/situation/store';
import type { Route } from './route';

/** The way that is drawn: how long, how far, who computed it, and each turn on request. */
export function RouteNote({ route }: { route: Route }) {
  const { t } = useTranslation(DESK);
  const [open, setOpen] = useState(false);
  const callsign = useSituation(({ picture }) => picture.units[route.unitId]?.callsign ?? '');
  const steps = route.steps ?? [];
  return (
    <div className="map-route" data-testid="route-note">
      <p role="status">
        <strong>{callsign}</strong>
        <span>{formatEta(route.duration_s)}</span>
        <span>{formatDistance(route.distance_m)}</span>
        {route.estimated && <span className="tone-caution">{t('steps.estimated')}</span>}
        {steps.length > 0 && (
          <button
            type="button"
            className="button"
            data-size="small"
            aria-expanded={open}
            data-testid="route-steps-open"
            onClick={() => setOpen(!open)}
          >
            {t('steps.show')}
          </button>
        )}
      </p>
      {open && (
        <>
          <ol className="map-steps" aria-label={t('steps.title')} data-testid="route-steps">
            {steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name but its place in the way
              <li key={index}>
                <button type="button" className="map-step" onClick={() => centreOn(step)}>
                  <span>{step.instruction}</span>
                  <span className="muted">
                    {step.metres > 0 ? formatDistance(step.metres) : ''}
                  </span>
                </button>
              </li>
            ))}
          </ol>
          <p className="muted dense">
            {[
              ...(route.engine ? [t('steps.engine', { engine: route.engine })] : []),
              ...(route.closures_in_force
                ? [t('steps.closures', { count: route.closures_in_force })]
                : []),
            ].join(' · ')}
          </p>
        </>
      )}
    </div>
  );
}
