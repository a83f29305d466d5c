import { useState } from 'react';
import type { Route } from '@/features/map/route';
import { DRIVE, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance } from '@/shared/time/format';
import type { Step } from '@/shared/wire/answers';
import type { Point } from '@/shared/wire/types';
import { arrowDegrees, metresTo, nextTurn } from './turns';

/** The next turn, to be read at a glance; a press shows all of them. */
export function Turns({ route, at }: { route: Route; at: Point | null }) {
  const { t } = useTranslation(DRIVE);
  const [open, setOpen] = useState(false);
  const steps = route.steps ?? [];
  const next = useNext(route, steps, at);
  const step = steps[next];
  if (route.estimated)
    return (
      <p className="turn turn-estimated tone-caution" role="status" data-testid="route-estimated">
        {t('estimated')}
      </p>
    );
  if (step === undefined) return null;
  return (
    <section className="turns" aria-label={t('title')} data-testid="turns">
      <button
        type="button"
        className="turn"
        aria-expanded={open}
        data-testid="turn"
        data-manoeuvre={step.manoeuvre}
        onClick={() => setOpen(!open)}
      >
        <Arrow manoeuvre={step.manoeuvre} />
        <strong>{formatDistance(metresTo(steps, next, at))}</strong>
        <span>{step.instruction}</span>
      </button>
      {open && (
        <>
          <ol className="turn-list" data-testid="turn-list">
            {steps.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name but its place in the way
              <li key={index} aria-current={index === next ? 'step' : undefined}>
                <Arrow manoeuvre={one.manoeuvre} />
                <span>{one.instruction}</span>
                <strong>{one.metres > 0 ? formatDistance(one.metres) : ''}</strong>
              </li>
            ))}
          </ol>
          <p className="muted turn-engine">{t('engine', { engine: route.engine ?? '–' })}</p>
        </>
      )}
    </section>
  );
}

/** Turns that are behind stay behind until another route comes. */
function useNext(route: Route, steps: readonly Step[], at: Point | null): number {
  const [reached, setReached] = useState({ route, next: 1 });
  const before = reached.route === route ? reached.next : 1;
  const next = nextTurn(steps, at, before);
  if (reached.route !== route || reached.next !== next) setReached({ route, next });
  return next;
}

const STRAIGHT = 'M12 21V7M6 12 12 5.5 18 12';
const FLAG = 'M7 21V4H17L14.5 8 17 12H7';
const ROUND = 'M12 21V15M12 15A4.5 4.5 0 1 1 15.5 8M15.5 8 17.5 4.5M15.5 8 11.5 7';

function Arrow({ manoeuvre }: { manoeuvre: string }) {
  const path = manoeuvre === 'arrive' ? FLAG : manoeuvre === 'roundabout' ? ROUND : STRAIGHT;
  return (
    <svg className="turn-arrow" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} transform={`rotate(${arrowDegrees(manoeuvre)} 12 12)`} />
    </svg>
  );
}
