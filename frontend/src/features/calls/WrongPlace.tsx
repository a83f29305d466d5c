import { useId, useState } from 'react';
import { reportPlace } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { pickPoint } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import type { Id, Point } from '@/shared/wire/types';

interface WrongPlaceProps {
  text: string;
  chosen: (Point & { label: string }) | null;
  callId?: Id;
  onDone: () => void;
}

/** Says to those who keep the names that words led to the wrong place, and which is the right one. */
export function WrongPlace({ text, chosen, callId, onDone }: WrongPlaceProps) {
  const { t } = useTranslation(DESK);
  const note = useId();
  const [right, setRight] = useState<Point | null>(null);
  const [remark, setRemark] = useState('');
  const [said, setSaid] = useState(text);
  const [sent, setSent] = useState(false);
  const words = useId();

  async function submit() {
    const answer = await attempt(
      reportPlace({
        text: said.trim(),
        ...(chosen ? { chosen: { label: chosen.label, lon: chosen.lon, lat: chosen.lat } } : {}),
        ...(right ? { right } : {}),
        ...(remark.trim() === '' ? {} : { note: remark.trim() }),
        ...(callId === undefined ? {} : { call_id: callId }),
      }),
    );
    if (answer !== undefined) setSent(true);
  }

  if (sent)
    return (
      <p className="tone-normal" role="status" data-testid="report-sent">
        {t('report.sent')}{' '}
        <button type="button" className="button" data-size="small" onClick={onDone}>
          {t('common:action.close')}
        </button>
      </p>
    );
  return (
    // A form of its own would lie inside the call's form, which HTML does not allow.
    <fieldset className="wrong-place" data-testid="wrong-place">
      <legend>{t('report.title')}</legend>
      <p className="dense muted">{t('report.lead')}</p>
      <div className="field-box">
        <label htmlFor={words}>{t('report.text')}</label>
        <input
          id={words}
          className="input"
          maxLength={300}
          value={said}
          onChange={(event) => setSaid(event.target.value)}
        />
      </div>
      {chosen && (
        <p>
          <span className="muted">{t('report.chosen')}</span> {chosen.label}
        </p>
      )}
      <p>
        <span className="muted">{t('report.right')}</span>{' '}
        {right ? t('report.picked') : t('report.rightNone')}{' '}
        <button
          type="button"
          className="button"
          data-size="small"
          data-testid="report-pick"
          onClick={() => void pickPoint().then((point) => point && setRight(point))}
        >
          {t('report.pick')}
        </button>
      </p>
      <div className="field-box">
        <label htmlFor={note}>{t('report.note')}</label>
        <input
          id={note}
          className="input"
          maxLength={500}
          value={remark}
          data-testid="report-note"
          onChange={(event) => setRemark(event.target.value)}
        />
      </div>
      <p className="closure-actions">
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={said.trim() === ''}
          data-testid="report-send"
          onClick={() => void submit()}
        >
          {t('report.send')}
        </button>
        <button type="button" className="button" data-kind="quiet" onClick={onDone}>
          {t('common:action.cancel')}
        </button>
      </p>
    </fieldset>
  );
}

/** The button of a call or an incident whose place is wrong. */
export function WrongPlaceButton(props: Omit<WrongPlaceProps, 'onDone'>) {
  const { t } = useTranslation(DESK);
  const mayReport = useMay('places.report');
  const [open, setOpen] = useState(false);
  if (!mayReport) return null;
  if (open) return <WrongPlace {...props} onDone={() => setOpen(false)} />;
  return (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      data-testid="wrong-place-open"
      onClick={() => setOpen(true)}
    >
      {t('report.open')}
    </button>
  );
}
