import { useState } from 'react';
import { acceptFix } from '@/shared/commands/calls';
import { changeIncident } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { centreOn } from '@/shared/geo/mapBus';
import { distanceM } from '@/shared/geo/shapes';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDistance, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { FixAge } from '@/shared/ui/ages';
import type { CallFix, DeskCall, IncidentMove } from '@/shared/wire/dispatch';

const KMH = 3.6;
/** Slower than a fast walk is standing still, as far as telephones can tell. */
const MOVING_MPS = 2;

/** Where the caller was said to be, by whom, how surely; nothing overwrites anything. */
export function FixList({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  const fixes = call.fixes ?? [];
  if (fixes.length === 0) return null;
  const newest = fixes.toSorted((a, b) => Date.parse(b.measured_at) - Date.parse(a.measured_at));
  return (
    <>
      <h3>{t('fixes.title', { count: fixes.length })}</h3>
      <Moving fixes={newest} />
      <ul className="fixes" data-testid="fixes">
        {newest.map((fix) => (
          <FixRow key={fix.id} call={call} fix={fix} />
        ))}
      </ul>
    </>
  );
}

function Moving({ fixes }: { fixes: readonly CallFix[] }) {
  const { t } = useTranslation(DESK);
  const own = fixes.filter((fix) => fix.method === 'handset');
  const [last, first] = [own[0], own.at(-1)];
  if (!last || (last.speed_mps ?? 0) < MOVING_MPS) return null;
  return (
    <p className="tone-caution" data-testid="caller-moves">
      {t('fixes.moving', {
        speed: Math.round((last.speed_mps ?? 0) * KMH),
        distance: formatDistance(first ? distanceM(first.location, last.location) : 0),
        count: own.length,
      })}
    </p>
  );
}

function FixRow({ call, fix }: { call: DeskCall; fix: CallFix }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('calls.write');
  const [move, setMove] = useState<IncidentMove | null>(null);
  const { location } = fix;
  const accept = () =>
    void attempt(acceptFix(call.id, fix.id)).then((done) => setMove(done?.incident_move ?? null));
  const inForce =
    fix.accepted_at !== null &&
    call.location?.lon === location.lon &&
    call.location?.lat === location.lat;
  return (
    <li className="fix" data-testid="fix" data-method={fix.method} data-force={inForce}>
      <div className="fix-head">
        <strong>{t(`fixes.method.${fix.method}`)}</strong>
        <span>{`±${Math.round(location.uncertainty_m)} m`}</span>
        <FixAge at={fix.measured_at} />
        <span className="fix-acts acts">
          <Act testId="fix-show" kind="quiet" onClick={() => centreOn(location)}>
            {t('fixes.show')}
          </Act>
          {inForce ? (
            <strong className="tone-normal">{t('fixes.inForce')}</strong>
          ) : (
            mayWrite && (
              <Act testId="fix-accept" onClick={accept}>
                {t('fixes.accept')}
              </Act>
            )
          )}
        </span>
      </div>
      <p className="dense muted clip">
        {[
          fix.better && !inForce && t('fixes.better'),
          fix.address,
          fix.source && t('fixes.source', { source: fix.source }),
          fix.accepted_by && t('fixes.acceptedBy', { by: fix.accepted_by }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {move && <FollowCaller move={move} onDone={() => setMove(null)} />}
    </li>
  );
}

/** The incident's own place is a person's to move: offered, never done by itself. */
function FollowCaller({ move, onDone }: { move: IncidentMove; onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const { incident_id: id, version, location } = move;
  return (
    <div className="acts" data-testid="follow-caller">
      <span>
        {t('fixes.follow', {
          number: shortNumber(move.number),
          distance: formatDistance(move.distance_m),
        })}
      </span>
      <Act
        testId="follow-yes"
        kind="primary"
        onClick={() => {
          onDone();
          void attempt(changeIncident({ id, version }, { location }));
        }}
      >
        {t('fixes.followYes')}
      </Act>
      <Act testId="follow-no" kind="quiet" onClick={onDone}>
        {t('fixes.followNo')}
      </Act>
    </div>
  );
}
