import { type FormEvent, useEffect, useId, useState } from 'react';
import { useStore } from 'zustand';
import { AddressSearch } from '@/features/calls/AddressSearch';
import { cornersOf, drawnGeometry } from '@/features/map/closures';
import { Problem } from '@/shared/api/client';
import { changeClosure, closeRoad } from '@/shared/commands/intents';
import { run } from '@/shared/commands/pending';
import {
  addCorner,
  changeDrawing,
  type Drawing,
  type DrawingShape,
  mapAsk,
  startDrawing,
  takeCornerBack,
} from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { formatDayClock } from '@/shared/time/format';
import { Failure } from '@/shared/ui/panel';
import type { Closure, Time } from '@/shared/wire/types';

const SHAPES: readonly DrawingShape[] = ['line', 'area', 'point'];
const REASONS = ['flood', 'works', 'crash', 'protest', 'event', 'fire', 'tree'] as const;
const MINUTES = [30, 60, 120, 240, 480, 1_440] as const;
const FIRST_RADIUS_M = 40;
const RADIUS_MOST_M = 2_000;
const REASON_LONGEST = 200;

const SHAPE_OF: Record<Closure['geometry']['type'], DrawingShape> = {
  LineString: 'line',
  Polygon: 'area',
  MultiPolygon: 'area',
  Point: 'point',
};

/** Draw what is closed, say why and until when. The clicks have a twin: corners by address. */
export function ClosureForm({ closure, onDone }: { closure: Closure | null; onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const [reason, setReason] = useState(closure?.reason ?? '');
  const [until, setUntil] = useState(closure ? 'keep' : 'none');
  const [civil, setCivil] = useState(closure?.applies_to === 'civil');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const drawing = useStore(mapAsk, (state) => state.drawing);
  const geometry = drawing && drawnGeometry(drawing);
  const ready = reason.trim() !== '' && geometry !== null && !busy;

  useEffect(() => {
    startDrawing(
      closure ? SHAPE_OF[closure.geometry.type] : 'line',
      closure?.radius_m ?? FIRST_RADIUS_M,
    );
    if (closure) changeDrawing(() => ({ points: cornersOf(closure.geometry) }));
  }, [closure]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (geometry === null || drawing === null) return;
    const told = {
      reason: reason.trim(),
      applies_to: civil ? ('civil' as const) : ('all' as const),
      ...(until === 'keep' ? {} : { until: endOf(until) }),
    };
    const shape = { geometry, radius_m: geometry.type === 'Point' ? drawing.radiusM : null };
    setBusy(true);
    setProblem(null);
    try {
      // What was not drawn anew is not sent: it may be more than this form can draw.
      const redrawn = closure === null || !isDrawn(closure, drawing);
      const command = closure
        ? changeClosure(closure, { ...told, ...(redrawn ? shape : {}) })
        : closeRoad({ ...told, ...shape });
      await run(command);
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <form
      className="closure-form"
      data-testid="closure-form"
      onSubmit={(event) => void submit(event)}
    >
      <Shape />
      <Reason value={reason} onChange={setReason} />
      <Until closure={closure} value={until} onChange={setUntil} />
      <label className="closure-check">
        <input
          type="checkbox"
          checked={civil}
          data-testid="closure-civil"
          onChange={(event) => setCivil(event.target.checked)}
        />
        {t('closures.civil')}
      </label>
      {problem && <Failure problem={problem} />}
      <p className="closure-actions">
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={!ready}
          data-testid="closure-save"
        >
          {closure ? t('closures.change') : t('closures.save')}
        </button>
        <button type="button" className="button" data-kind="quiet" onClick={onDone}>
          {t('common:action.cancel')}
        </button>
      </p>
    </form>
  );
}

/** Whether the drawing is still what the closure was drawn as. */
function isDrawn({ geometry, radius_m }: Closure, { shape, points, radiusM }: Drawing): boolean {
  return (
    SHAPE_OF[geometry.type] === shape &&
    JSON.stringify(cornersOf(geometry)) === JSON.stringify(points) &&
    (radius_m === null || radius_m === radiusM)
  );
}

/** The chosen end as a time of the centre's clock; null is "until further notice". */
function endOf(until: string): Time | null {
  if (until === 'none') return null;
  return new Date(serverClock.now() + Number(until) * 60_000).toISOString();
}

function Shape() {
  const { t } = useTranslation(DESK);
  const drawing = useStore(mapAsk, (state) => state.drawing);
  const radius = useId();
  const shape = drawing?.shape ?? 'line';
  const corners = drawing?.points.length ?? 0;
  return (
    <>
      <fieldset className="closure-shapes">
        <legend>{t('closures.shape')}</legend>
        {SHAPES.map((one) => (
          <button
            key={one}
            type="button"
            className="button"
            data-size="small"
            aria-pressed={shape === one}
            data-testid={`closure-shape-${one}`}
            onClick={() => startDrawing(one, drawing?.radiusM ?? FIRST_RADIUS_M)}
          >
            {t(`closures.${one}`)}
          </button>
        ))}
      </fieldset>
      <p className="dense">{t(`closures.how.${shape}`)}</p>
      <AddressSearch
        key={corners}
        label={t('closures.corner')}
        initial=""
        testId="closure-corner"
        plain
        onChoose={({ place }) => place && addCorner(place)}
      />
      <p className="closure-actions" role="status">
        <span data-testid="closure-corners" data-count={corners}>
          {t('closures.corners', { count: corners })}
        </span>
        <button
          type="button"
          className="button"
          data-size="small"
          disabled={corners === 0}
          data-testid="closure-back"
          onClick={takeCornerBack}
        >
          {t('closures.back')}
        </button>
      </p>
      {shape === 'point' && (
        <div className="field-box">
          <label htmlFor={radius}>{t('closures.radius')}</label>
          <input
            id={radius}
            className="input"
            type="number"
            min={5}
            max={RADIUS_MOST_M}
            value={drawing?.radiusM ?? FIRST_RADIUS_M}
            data-testid="closure-radius"
            onChange={(event) => {
              const radiusM = Math.min(RADIUS_MOST_M, Math.max(1, Number(event.target.value) || 1));
              changeDrawing(() => ({ radiusM }));
            }}
          />
        </div>
      )}
    </>
  );
}

interface TextProps {
  value: string;
  onChange: (value: string) => void;
}

function Reason({ value, onChange }: TextProps) {
  const { t } = useTranslation(DESK);
  const id = useId();
  return (
    <div className="field-box">
      <label htmlFor={id}>{t('closures.reason')}</label>
      <input
        id={id}
        className="input"
        list={`${id}-list`}
        maxLength={REASON_LONGEST}
        placeholder={t('closures.reasonHint')}
        value={value}
        data-testid="closure-reason"
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${id}-list`}>
        {REASONS.map((reason) => (
          <option key={reason} value={t(`closureReason.${reason}`)} />
        ))}
      </datalist>
    </div>
  );
}

function Until({ closure, value, onChange }: TextProps & { closure: Closure | null }) {
  const { t } = useTranslation(DESK);
  const id = useId();
  const now = closure?.until ? formatDayClock(Date.parse(closure.until)) : t('closure.open');
  return (
    <div className="field-box">
      <label htmlFor={id}>{t('closures.until')}</label>
      <select
        id={id}
        className="input"
        value={value}
        data-testid="closure-until"
        onChange={(event) => onChange(event.target.value)}
      >
        {closure && <option value="keep">{t('closures.untilKeep', { at: now })}</option>}
        <option value="none">{t('closures.untilNone')}</option>
        {MINUTES.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes < 60
              ? t('closures.untilMinutes', { minutes })
              : t('closures.untilHours', { hours: minutes / 60 })}
          </option>
        ))}
      </select>
    </div>
  );
}
