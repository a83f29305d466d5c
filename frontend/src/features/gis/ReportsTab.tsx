import { useState } from 'react';
import { Problem } from '@/shared/api/client';
import { run } from '@/shared/commands/pending';
import { centreOn, showMarks } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { formatAge } from '@/shared/time/format';
import { SelectField, TextField } from '@/shared/ui/Field';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import { OUTCOMES, type Outcome, openReports, type PlaceReport, settleReport } from './gis';

/** What consoles say the geocoder got wrong, until someone settles it. */
export function ReportsTab() {
  const { t } = useTranslation(DESK);
  const { value, problem, again } = useLoaded(openReports);
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton />;
  return (
    <>
      {value.length === 0 && <p className="muted">{t('reports.none')}</p>}
      <ul className="gis-list" aria-label={t('reports.title')} data-testid="report-list">
        {value.map((report) => (
          <ReportRow key={report.id} report={report} onSettled={again} />
        ))}
      </ul>
    </>
  );
}

function ReportRow({ report, onSettled }: { report: PlaceReport; onSettled: () => void }) {
  const { t } = useTranslation(DESK);
  const [open, setOpen] = useState(false);
  const { text, chosen, right, note, reported_by } = report;
  const age = formatAge((serverClock.now() - Date.parse(report.reported_at)) / 1_000);

  function show() {
    const points = [
      ...(chosen ? [{ point: chosen, label: t('reports.chosen') }] : []),
      ...(right ? [{ point: right, label: t('reports.right') }] : []),
    ];
    showMarks(
      points.map(({ point, label }) => ({
        place: { lon: point.lon, lat: point.lat, uncertainty_m: 0, confidence: 1 },
        label,
      })),
    );
    const first = right ?? chosen;
    if (first) centreOn(first);
  }

  return (
    <li data-testid="place-report">
      <dl className="facts">
        <dt>{t('reports.said')}</dt>
        <dd>
          <strong>{text}</strong>
        </dd>
        {chosen && (
          <>
            <dt>{t('reports.chosen')}</dt>
            <dd>{chosen.label ?? '–'}</dd>
          </>
        )}
        <dt>{t('reports.right')}</dt>
        <dd>{right ? t('report.picked') : t('report.rightNone')}</dd>
      </dl>
      {note && <p>{note}</p>}
      <p className="muted dense">{t('reports.by', { by: reported_by, age })}</p>
      <p className="closure-actions">
        {(chosen || right) && (
          <button type="button" className="button" data-size="small" onClick={show}>
            {t('reports.show')}
          </button>
        )}
        <button
          type="button"
          className="button"
          data-size="small"
          aria-expanded={open}
          data-testid="report-settle"
          onClick={() => setOpen(!open)}
        >
          {t('reports.settle')}
        </button>
      </p>
      {open && <Settle report={report} onSettled={onSettled} />}
    </li>
  );
}

function Settle({ report, onSettled }: { report: PlaceReport; onSettled: () => void }) {
  const { t } = useTranslation(DESK);
  const [outcome, setOutcome] = useState<Outcome>(report.right ? 'entry_added' : 'other');
  const [name, setName] = useState(report.text);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const adds = outcome === 'entry_added';

  async function settle() {
    setProblem(null);
    const entry = adds && report.right ? { name: name.trim(), aliases: [], ...report.right } : null;
    try {
      await run(settleReport(report, outcome, note.trim(), entry));
      showMarks([]);
      onSettled();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }

  return (
    <div className="closure-form">
      <SelectField
        label={t('reports.outcome')}
        value={outcome}
        testId="report-outcome"
        onChange={(value) => setOutcome(value as Outcome)}
      >
        {OUTCOMES.filter((one) => one !== 'entry_added' || report.right !== null).map((one) => (
          <option key={one} value={one}>
            {t(`reportOutcome.${one}`)}
          </option>
        ))}
      </SelectField>
      {adds && (
        <TextField label={t('names.name')} value={name} testId="report-name" onChange={setName} />
      )}
      <TextField
        label={t('reports.note')}
        value={note}
        max={500}
        testId="report-settle-note"
        onChange={setNote}
      />
      {problem && <Failure problem={problem} />}
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={adds && name.trim() === ''}
        data-testid="report-settle-send"
        onClick={() => void settle()}
      >
        {t('reports.settle')}
      </button>
    </div>
  );
}
