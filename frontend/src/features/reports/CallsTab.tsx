import { useLabel } from '@/shared/api/reference';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { Empty } from '@/shared/ui/panel';
import { Bars } from './charts';
import { count, share } from './figures';
import type { Asked, CallClasses, ClassCount } from './reports';
import { Shown } from './Shown';
import { Table } from './Table';
import { useReport } from './useReport';

const LISTS = ['disposition', 'source', 'language', 'type', 'agency', 'hour', 'day'] as const;
const CHARTED: ReadonlySet<string> = new Set(['hour', 'day']);

/** What the calls were: the share of real ones, and lists by class and time. */
export function CallsTab({ asked }: { asked: Asked }) {
  const { t } = useTranslation(SUPERVISE);
  const loaded = useReport<CallClasses>('calls', asked);
  return (
    <Shown loaded={loaded}>
      {(found) =>
        found.total === 0 ? <Empty>{t('empty.calls')}</Empty> : <Classes found={found} />
      }
    </Shown>
  );
}

function Classes({ found }: { found: CallClasses }) {
  const { t } = useTranslation(SUPERVISE);
  return (
    <>
      <dl className="report-tiles" data-testid="call-classes">
        <Tile name={t('calls.total')} value={count(found.total)} />
        {found.real !== null && (
          <>
            <Tile name={t('calls.real')} value={count(found.real)} />
            <Tile name={t('calls.realShare')} value={share(found.real_share)} />
            <Tile name={t('calls.notReal')} value={count(found.not_real)} />
            <Tile name={t('calls.undecided')} value={count(found.undecided)} />
            <Tile name={t('calls.abandoned')} value={count(found.abandoned)} />
          </>
        )}
      </dl>
      {LISTS.map((list) => {
        const rows = found.lists[list];
        return rows ? <List key={list} list={list} rows={rows} total={found.total} /> : null;
      })}
    </>
  );
}

export function Tile({ name, value }: { name: string; value: string }) {
  return (
    <div className="report-tile">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function List({
  list,
  rows,
  total,
}: {
  list: (typeof LISTS)[number];
  rows: readonly ClassCount[];
  total: number;
}) {
  const { t } = useTranslation(SUPERVISE);
  const disposition = useLabel('call_dispositions');
  const label = (code: string) => {
    if (list !== 'disposition') return code;
    return code === 'undecided' ? t('calls.undecided') : disposition(code);
  };
  return (
    <details open={!CHARTED.has(list) || list === 'hour'}>
      <summary>{t(`calls.by.${list}`)}</summary>
      {CHARTED.has(list) && (
        <Bars
          title={t(`calls.by.${list}`)}
          format={count}
          bars={rows.map(({ code, n }) => ({ label: code, values: [n] }))}
        />
      )}
      <Table
        label={t(`calls.by.${list}`)}
        testId={`calls-${list}`}
        columns={[t('calls.class'), t('calls.n'), t('calls.share'), t('calls.real')]}
        rows={rows.map(({ code, n, real }) => ({
          key: code,
          cells: [label(code), count(n), share(n / total), count(real)],
        }))}
      />
    </details>
  );
}
