import { useState } from 'react';
import { useLabel } from '@/shared/api/reference';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { SelectField } from '@/shared/ui/Field';
import { Empty } from '@/shared/ui/panel';
import { Bars, Legend, topOfTime } from './charts';
import { count, seconds, share } from './figures';
import {
  type Asked,
  GROUPINGS,
  type Group,
  type Grouping,
  type IntervalName,
  type ResponseTimes,
  SHOWN,
} from './reports';
import { Shown } from './Shown';
import { Table } from './Table';
import { useReport } from './useReport';

const CHARTED_MOST = 24;

/** Percentiles of one interval by group, and of all intervals together. */
export function ResponseTimesTab({
  asked,
  grouping,
  onGrouping,
}: {
  asked: Asked;
  grouping: Grouping;
  onGrouping: (grouping: Grouping) => void;
}) {
  const { t } = useTranslation(SUPERVISE);
  const [interval, setInterval] = useState<IntervalName>('first_arrival');
  const loaded = useReport<ResponseTimes>('response-times', asked, grouping);
  return (
    <>
      <div className="report-choices">
        <SelectField
          label={t('times.groupBy')}
          value={grouping}
          testId="group-by"
          onChange={(value) => onGrouping(value as Grouping)}
        >
          {GROUPINGS.map((one) => (
            <option key={one} value={one}>
              {t(`group.${one}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('times.interval')}
          value={interval}
          testId="interval"
          onChange={(value) => setInterval(value as IntervalName)}
        >
          {SHOWN.map((one) => (
            <option key={one} value={one}>
              {t(`interval.${one}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <Shown loaded={loaded}>
        {(found) =>
          found.rows.length === 0 ? (
            <Empty>{t('empty.period')}</Empty>
          ) : (
            <Times found={found} interval={interval} own={asked.source === ''} />
          )
        }
      </Shown>
    </>
  );
}

function Times({
  found,
  interval,
  own,
}: {
  found: ResponseTimes;
  interval: IntervalName;
  own: boolean;
}) {
  const { t } = useTranslation(SUPERVISE);
  const type = useLabel('incident_types');
  const name = (row: Group) => {
    if (row.group === 'all') return t('group.all');
    if (row.group === null) return t('group.unknown');
    if (found.group_by === 'priority') return `P${row.label}`;
    return own && found.group_by === 'type' ? type(row.label) : row.label;
  };
  const charted = found.rows.filter((row) => row[interval].n > 0).slice(0, CHARTED_MOST);
  const title = t(`interval.${interval}`);
  const one = found.group_by === 'none' ? found.rows[0] : undefined;
  return (
    <>
      <h3>{title}</h3>
      <p className="muted dense">{t(`intervalIs.${interval}`)}</p>
      {charted.length > 0 && (
        <figure>
          <Bars
            title={t('times.chart', { interval: title })}
            format={seconds}
            topOf={topOfTime}
            bars={charted.map((row) => ({
              label: name(row),
              values: [row[interval].p50 ?? 0, row[interval].p90 ?? 0],
            }))}
          />
          <Legend names={['p50', 'p90']} />
        </figure>
      )}
      <Table
        label={title}
        testId="times"
        columns={[
          t('times.group'),
          'n',
          'p50',
          'p90',
          'p95',
          t('times.mean'),
          t('times.target'),
          t('times.within'),
          t('times.missing'),
        ]}
        rows={found.rows.map((row) => ({
          key: row.group ?? '',
          cells: [name(row) + (row.withheld ? ' *' : ''), ...figures(row, interval)],
        }))}
      />
      {found.rows.some(({ withheld }) => withheld) && (
        <p className="muted dense">{t('times.withheld')}</p>
      )}
      {one && (
        <>
          <h3>{t('times.every')}</h3>
          <Table
            label={t('times.every')}
            testId="every-interval"
            columns={[
              t('times.interval'),
              'n',
              'p50',
              'p90',
              'p95',
              t('times.mean'),
              t('times.target'),
              t('times.within'),
              t('times.missing'),
            ]}
            rows={SHOWN.filter((which) => one[which].n > 0).map((which) => ({
              key: which,
              cells: [t(`interval.${which}`), ...figures(one, which)],
            }))}
          />
        </>
      )}
    </>
  );
}

function figures(row: Group, interval: IntervalName): string[] {
  const one = row[interval];
  return [
    count(one.n),
    seconds(one.p50),
    seconds(one.p90),
    seconds(one.p95),
    seconds(one.mean),
    seconds(one.target_s),
    share(one.within),
    count(one.missing + one.negative),
  ];
}
