import { useCallback, useEffect, useState } from 'react';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import { seconds } from './figures';
import { type Figure, type Group, lastHours, type ResponseTimes, report } from './reports';
import { Table } from './Table';

const WEEKS = 4;
const WEEK_MS = 7 * 86_400_000;
const ASK_AGAIN_MS = 60_000;
const TOLD = ['dispatch', 'arrival'] as const;

/** The last hour beside the same hour of the four weeks before, by priority. */
export function LastHour() {
  const { t } = useTranslation(SUPERVISE);
  const [at, setAt] = useState(() => serverClock.now());
  useEffect(() => {
    const timer = setInterval(() => setAt(serverClock.now()), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const load = useCallback(() => comparison(at), [at]);
  const { value, problem, again } = useLoaded(load);
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton rows={3} />;
  if (value.length === 0) return <p className="muted dense">{t('lastHour.none')}</p>;
  return (
    <Table
      label={t('lastHour.title')}
      testId="last-hour"
      columns={[
        t('lastHour.title'),
        ...TOLD.flatMap((name) => [`${t(`interval.${name}`)} p50`, 'p90', t('lastHour.before')]),
      ]}
      rows={value.map(({ priority, figures }) => ({
        key: priority,
        cells: [
          `P${priority}`,
          ...figures.flatMap(({ now, before }) => [
            seconds(now?.p50 ?? null),
            seconds(now?.p90 ?? null),
            before === null ? '–' : `${seconds(before[0])} – ${seconds(before[1])}`,
          ]),
        ],
      }))}
    />
  );
}

interface Line {
  priority: string;
  figures: { now: Figure | undefined; before: readonly [number, number] | null }[];
}

/** Whether a row is of that priority and holds anything to tell. */
const measured = (priority: string) => (row: Group) =>
  priority !== '' && row.label === priority && TOLD.some((name) => row[name].n > 0);

async function comparison(at: number): Promise<Line[]> {
  const spans = Array.from({ length: WEEKS + 1 }, (_, week) =>
    lastHours('hour', at - week * WEEK_MS),
  );
  const found = await Promise.all(
    spans.map((span) => report<ResponseTimes>('response-times', { source: '', span }, 'priority')),
  );
  const [now, ...before] = found.map(({ rows }) => new Map(rows.map((row) => [row.label, row])));
  const priorities = [...new Set(found.flatMap(({ rows }) => rows.map((row) => row.label)))];
  return priorities
    .filter((priority) => found.some(({ rows }) => rows.some(measured(priority))))
    .sort()
    .map((priority) => ({
      priority,
      figures: TOLD.map((name) => {
        const earlier = before
          .map((week) => week.get(priority)?.[name].p90 ?? null)
          .filter((value): value is number => value !== null);
        return {
          now: now?.get(priority)?.[name],
          before:
            earlier.length > 0 ? ([Math.min(...earlier), Math.max(...earlier)] as const) : null,
        };
      }),
    }));
}
