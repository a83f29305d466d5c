import { type FormEvent, useEffect, useId, useState } from 'react';
import { PanelHead } from '@/features/map/PanelHead';
import { Problem } from '@/shared/api/client';
import { mapAsk, pickPoint, type ReachBand, showReach } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDecimal } from '@/shared/time/format';
import { Failure } from '@/shared/ui/panel';
import type { Point } from '@/shared/wire/types';
import { useSelectedId } from '@/situation/selection';
import { unitFix, useSituation } from '@/situation/store';
import { areaKm2, askReach, PROFILES, type Profile, type Reach } from './reach';
import '@/features/closures/closures.css';

/** How far a vehicle gets in 3, 5 and 10 minutes, from a unit or from a point of the map. */
export default function ReachPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(DESK);
  const start = useStart();
  const [chosen, setChosen] = useState<Profile | null>(null);
  const [reach, setReach] = useState<Reach | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const profile = chosen ?? start.profile;
  useEffect(() => () => showReach([]), []);

  async function ask(event: FormEvent) {
    event.preventDefault();
    if (start.point === null) return;
    setBusy(true);
    setProblem(null);
    try {
      const found = await askReach(start.point, profile);
      setReach(found);
      showReach(found.bands);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section aria-label={t('reach.title')}>
      <PanelHead title={t('reach.title')} onClose={onClose} />
      <form className="map-panel-body closure-form" onSubmit={(event) => void ask(event)}>
        <p data-testid="reach-from">
          <span className="muted">{t('reach.from')}</span>{' '}
          {start.point === null ? t('reach.noStart') : <strong>{start.label}</strong>}
        </p>
        <p className="closure-actions">
          <button
            type="button"
            className="button"
            data-size="small"
            data-testid="reach-pick"
            onClick={() => void start.pick()}
          >
            {t('reach.pick')}
          </button>
        </p>
        <div className="field-box">
          <label htmlFor={id}>{t('reach.profile')}</label>
          <select
            id={id}
            className="input"
            value={profile}
            data-testid="reach-profile"
            onChange={(event) => setChosen(event.target.value as Profile)}
          >
            {PROFILES.map((one) => (
              <option key={one} value={one}>
                {t(`profile.${one}`)}
              </option>
            ))}
          </select>
        </div>
        {problem && <Failure problem={problem} />}
        <p className="closure-actions">
          <button
            type="submit"
            className="button"
            data-kind="primary"
            disabled={busy || start.point === null}
            data-testid="reach-show"
          >
            {busy ? t('reach.busy') : t('reach.show')}
          </button>
          {reach && (
            <button
              type="button"
              className="button"
              data-kind="quiet"
              onClick={() => {
                setReach(null);
                showReach([]);
              }}
            >
              {t('reach.clear')}
            </button>
          )}
        </p>
        {reach?.estimated && <p className="tone-caution">{t('reach.estimated')}</p>}
        {reach && <Bands bands={reach.bands} />}
      </form>
    </section>
  );
}

/** The same in words: how large each area is. */
function Bands({ bands }: { bands: readonly ReachBand[] }) {
  const { t } = useTranslation(DESK);
  return (
    <ul data-testid="reach-bands">
      {bands.map(({ minutes, geometry }) => (
        <li key={minutes} className="closure-actions">
          <strong>{t('reach.band', { minutes })}</strong>
          <span className="muted">
            {t('reach.area', { km2: formatDecimal(areaKm2(geometry)) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Where it begins: the pointed place, else the selected unit. */
function useStart() {
  const { t } = useTranslation(DESK);
  const unitId = useSelectedId('unit');
  const unit = useSituation(({ picture }) => (unitId ? picture.units[unitId] : undefined));
  const fix = useSituation(({ live }) => (unitId ? unitFix(live, unitId) : undefined));
  const [picked, setPicked] = useState<Point | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: selecting another unit means that unit
  useEffect(() => setPicked(null), [unitId]);
  const known = PROFILES.find((one) => one === unit?.profile);
  return {
    point: picked ?? fix ?? null,
    label: picked ? t('reach.point') : t('reach.unit', { callsign: unit?.callsign ?? '' }),
    profile: known ?? 'patrol',
    pick: async () => {
      const point = await pickPoint();
      if (point === null) return;
      setPicked(point);
      mapAsk.setState({
        marks: [{ place: { ...point, uncertainty_m: 0, confidence: 1 }, label: '' }],
      });
    },
  };
}
