/** Which records, which time, and the files to take away. */

import { useCallback, useId } from 'react';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { SelectField } from '@/shared/ui/Field';
import { useLoaded } from '@/shared/ui/useLoaded';
import {
  type Asked,
  fileUrl,
  type Grouping,
  lastHours,
  PERIODS,
  type PeriodName,
  type ReportName,
  type Span,
  sources,
} from './reports';

export interface Choice {
  source: string;
  period: PeriodName;
  span: Span | null;
}

export const usual = (): Choice => ({
  source: '',
  period: 'day',
  span: lastHours('day', serverClock.now()),
});

export function SourcePicker({
  choice,
  onChoice,
}: {
  choice: Choice;
  onChoice: (choice: Choice) => void;
}) {
  const { t } = useTranslation(SUPERVISE);
  const { value, problem } = useLoaded(useCallback(() => sources(), []));
  if (problem || value === null || value.length === 0) return null;
  return (
    <SelectField
      label={t('choose.source')}
      value={choice.source}
      testId="source"
      onChange={(source) =>
        onChoice(source === '' ? usual() : { source, period: 'own', span: null })
      }
    >
      <option value="">{t('choose.own')}</option>
      {value.map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </SelectField>
  );
}

export function PeriodPicker({
  choice,
  onChoice,
}: {
  choice: Choice;
  onChoice: (choice: Choice) => void;
}) {
  const { t } = useTranslation(SUPERVISE);
  const records = choice.source !== '';
  const periods: readonly PeriodName[] = records ? ['own'] : PERIODS;
  function pick(period: PeriodName) {
    const span = period === 'own' ? choice.span : lastHours(period, serverClock.now());
    onChoice({ ...choice, period, span });
  }
  return (
    <>
      <fieldset className="report-periods">
        <legend className="visually-hidden">{t('choose.period')}</legend>
        {periods.map((period) => (
          <button
            key={period}
            type="button"
            className="button"
            data-size="small"
            aria-pressed={choice.period === period}
            data-testid={`period-${period}`}
            onClick={() => pick(period)}
          >
            {records && period === 'own' ? t('choose.allRecords') : t(`period.${period}`)}
          </button>
        ))}
      </fieldset>
      {choice.period === 'own' && (
        <>
          <Instant
            label={t('choose.from')}
            testId="from"
            value={choice.span?.from ?? null}
            onChange={(from) =>
              onChoice({ ...choice, span: { from, to: choice.span?.to ?? serverClock.now() } })
            }
          />
          <Instant
            label={t('choose.to')}
            testId="to"
            value={choice.span?.to ?? null}
            onChange={(to) =>
              onChoice({ ...choice, span: { to, from: choice.span?.from ?? to - 86_400_000 } })
            }
          />
        </>
      )}
    </>
  );
}

interface InstantProps {
  label: string;
  testId: string;
  value: number | null;
  onChange: (ms: number) => void;
}

/** A date and time; the browser shows it in the zone of this desk. */
function Instant({ label, testId, value, onChange }: InstantProps) {
  const id = useId();
  return (
    <div className="field-box">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        className="input"
        data-testid={testId}
        value={value === null ? '' : local(value)}
        onChange={({ target }) => {
          const ms = new Date(target.value).getTime();
          if (!Number.isNaN(ms)) onChange(ms);
        }}
      />
    </div>
  );
}

function local(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function Downloads({
  name,
  asked,
  grouping,
}: {
  name: ReportName;
  asked: Asked;
  grouping: Grouping;
}) {
  const { t, language } = useTranslation(SUPERVISE);
  const forms =
    name === 'response-times' ? (['csv', 'pdf', 'parquet'] as const) : (['csv', 'pdf'] as const);
  return (
    <nav className="report-files" aria-label={t('choose.files')}>
      {forms.map((form) => (
        <a
          key={form}
          className="button"
          data-size="small"
          download
          data-testid={`download-${form}`}
          href={fileUrl(name, form, asked, {
            lang: language,
            ...(name === 'response-times' ? { group_by: grouping } : {}),
          })}
        >
          {t(`file.${form}`)}
        </a>
      ))}
    </nav>
  );
}
