/** Workload, overrides and alarms: three tables with a few figures above. */

import { useLabel } from '@/shared/api/reference';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { formatDayClock, shortNumber } from '@/shared/time/format';
import { Empty } from '@/shared/ui/panel';
import { CallsTab, Tile } from './CallsTab';
import { Bars } from './charts';
import { count, minutes, seconds, share } from './figures';
import type { AlarmReport, Asked, Overrides, Workload } from './reports';
import { Shown } from './Shown';
import { Table } from './Table';
import { useReport } from './useReport';

export { CallsTab };

const HOUR_S = 3_600;
const CHARTED_MOST = 24;

export function WorkloadTab({ asked }: { asked: Asked }) {
  const { t } = useTranslation(SUPERVISE);
  const loaded = useReport<Workload>('workload', asked);
  return (
    <Shown loaded={loaded}>
      {({ operators, units }) => (
        <>
          <h3>{t('work.operators')}</h3>
          {operators === null && <p className="muted">{t('work.operatorsNotYours')}</p>}
          {operators?.length === 0 && <Empty>{t('empty.period')}</Empty>}
          {operators !== null && operators.length > 0 && (
            <Table
              label={t('work.operators')}
              testId="operators"
              columns={[
                t('work.name'),
                t('work.calls'),
                t('calls.real'),
                t('work.handling'),
                t('work.dispatches'),
                t('work.alarms'),
                t('work.notes'),
              ]}
              rows={operators.map((one) => ({
                key: one.name,
                cells: [
                  one.name,
                  count(one.calls),
                  count(one.real_calls),
                  seconds(one.handling_s),
                  count(one.dispatches),
                  count(one.alarms),
                  count(one.notes),
                ],
              }))}
            />
          )}
          <h3>{t('work.units')}</h3>
          {units.length === 0 ? <Empty>{t('empty.units')}</Empty> : <Units units={units} />}
        </>
      )}
    </Shown>
  );
}

function Units({ units }: { units: Workload['units'] }) {
  const { t } = useTranslation(SUPERVISE);
  const busiest = units.slice(0, CHARTED_MOST).filter(({ busy_s }) => busy_s > 0);
  return (
    <>
      {busiest.length > 0 && (
        <Bars
          title={t('work.busiest')}
          format={count}
          bars={busiest.map(({ callsign, busy_s }) => ({
            label: callsign,
            values: [busy_s / HOUR_S],
          }))}
        />
      )}
      <Table
        label={t('work.units')}
        testId="units-work"
        columns={[
          t('work.unit'),
          t('work.agency'),
          t('work.orders'),
          t('work.incidents'),
          t('work.busy'),
          t('work.duty'),
          t('work.utilisation'),
        ]}
        rows={units.map((one) => ({
          key: one.callsign,
          cells: [
            one.callsign,
            one.agency,
            count(one.orders),
            count(one.incidents),
            seconds(one.busy_s),
            seconds(one.duty_s),
            share(one.utilisation),
          ],
        }))}
      />
    </>
  );
}

export function OverridesTab({ asked }: { asked: Asked }) {
  const { t } = useTranslation(SUPERVISE);
  const type = useLabel('incident_types');
  const loaded = useReport<Overrides>('overrides', asked);
  return (
    <Shown loaded={loaded}>
      {(found) => (
        <>
          <dl className="report-tiles" data-testid="overrides">
            <Tile name={t('overrides.orders')} value={count(found.orders)} />
            <Tile name={t('overrides.followed')} value={count(found.followed)} />
            <Tile name={t('overrides.overrides')} value={count(found.overrides)} />
            <Tile name={t('calls.share')} value={share(found.share)} />
            <Tile name={t('overrides.foreseen')} value={minutes(found.foreseen_s)} />
            <Tile name={t('overrides.measured')} value={minutes(found.measured_s)} />
          </dl>
          <p className="muted dense">{t('overrides.is')}</p>
          {found.items.length === 0 ? (
            <Empty>{t('empty.overrides')}</Empty>
          ) : (
            <Table
              label={t('overrides.overrides')}
              testId="override-list"
              columns={[
                t('overrides.incident'),
                t('overrides.at'),
                t('work.unit'),
                t('overrides.type'),
                t('overrides.reason'),
                t('overrides.foreseen'),
                t('overrides.measured'),
              ]}
              rows={found.items.map((one) => ({
                key: `${one.at}${one.callsign}`,
                cells: [
                  one.number === null ? t('overrides.protected') : shortNumber(one.number),
                  formatDayClock(Date.parse(one.at)),
                  one.callsign,
                  one.type === null ? t('overrides.protected') : type(one.type),
                  one.reason ?? t('overrides.protected'),
                  minutes(one.foreseen_s),
                  minutes(one.measured_s),
                ],
              }))}
            />
          )}
        </>
      )}
    </Shown>
  );
}

export function AlarmsTab({ asked }: { asked: Asked }) {
  const { t } = useTranslation(SUPERVISE);
  const loaded = useReport<AlarmReport>('alarms', asked);
  return (
    <Shown loaded={loaded}>
      {(found) =>
        found.raised === 0 ? (
          <Empty>{t('empty.alarms')}</Empty>
        ) : (
          <>
            <dl className="report-tiles" data-testid="alarm-report">
              <Tile name={t('alarms.raised')} value={count(found.raised)} />
              <Tile name={t('alarms.perHour')} value={count(found.per_hour)} />
              <Tile name={t('alarms.most')} value={count(found.most_in_10_min)} />
              <Tile
                name={t('alarms.floods')}
                value={`${count(found.flood_windows)} / ${count(found.windows)}`}
              />
            </dl>
            <Bars
              title={t('alarms.byHour')}
              format={count}
              bars={found.hours.map(({ hour, n }) => ({ label: String(hour), values: [n] }))}
            />
            <Table
              label={t('alarms.sources')}
              testId="alarm-sources"
              columns={[
                t('alarms.kind'),
                t('alarms.source'),
                t('alarms.raised'),
                t('alarms.verified'),
                t('alarms.false'),
                t('alarms.falseRate'),
                t('alarms.open'),
              ]}
              rows={found.sources.map((one) => ({
                key: `${one.kind}/${one.source ?? ''}`,
                cells: [
                  t(`alarmKind.${one.kind as 'intrusion'}`, { defaultValue: one.kind }),
                  one.source ?? '–',
                  count(one.raised),
                  count(one.verified),
                  count(one.false),
                  share(one.false_rate),
                  count(one.open),
                ],
              }))}
            />
            <Table
              label={t('work.operators')}
              columns={[
                t('work.name'),
                t('alarms.handled'),
                t('alarms.verified'),
                t('alarms.dismissed'),
              ]}
              rows={found.operators.map((one) => ({
                key: one.name,
                cells: [one.name, count(one.handled), count(one.verified), count(one.dismissed)],
              }))}
            />
          </>
        )
      }
    </Shown>
  );
}
