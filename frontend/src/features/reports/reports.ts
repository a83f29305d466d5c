/** What the centre answers about a period, and how a period is asked for. */

import { get } from '@/shared/api/client';
import type { Time } from '@/shared/wire/types';

export const GROUPINGS = ['none', 'priority', 'type', 'zone', 'agency', 'hour', 'day'] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const REPORTS = [
  'response-times',
  'calls',
  'queues',
  'workload',
  'overrides',
  'alarms',
] as const;
export type ReportName = (typeof REPORTS)[number];
/** What other centres' records can tell. */
export const OF_RECORDS: readonly ReportName[] = ['response-times', 'calls'];

export interface Figure {
  n: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  mean: number | null;
  missing: number;
  negative: number;
  target_s: number | null;
  within: number | null;
}

export const SHOWN = [
  'answer',
  'process',
  'dispatch',
  'turnout',
  'travel',
  'arrival',
  'first_arrival',
  'response',
  'scene',
  'transport',
  'hospital',
  'task',
] as const;
export type IntervalName = (typeof SHOWN)[number];

export type Group = Record<IntervalName, Figure> & {
  group: string | null;
  label: string;
  count: number;
  calls: number;
  withheld: boolean;
};

export interface Told {
  start: Time;
  end: Time;
  timezone: string;
  source: string | null;
}

export interface ResponseTimes extends Told {
  group_by: Grouping;
  rows: Group[];
  truncated: boolean;
}

export interface ClassCount {
  code: string;
  n: number;
  real: number | null;
  not_real: number | null;
}

export interface CallClasses extends Told {
  total: number;
  real: number | null;
  not_real: number | null;
  undecided: number | null;
  real_share: number | null;
  answered: number | null;
  abandoned: number | null;
  lists: Record<string, ClassCount[]>;
}

export interface Queue {
  most: number;
  series: { at: Time; mean: number; most: number }[];
  over_the_day: { hour: number; mean: number; most: number }[];
}

export interface Queues extends Told {
  step_s: number;
  calls: Queue | null;
  incidents: Queue;
}

export interface Workload extends Told {
  operators:
    | {
        name: string;
        calls: number;
        real_calls: number;
        handling_s: number | null;
        alarms: number;
        notes: number;
        dispatches: number | null;
      }[]
    | null;
  units: {
    callsign: string;
    agency: string;
    orders: number;
    incidents: number;
    busy_s: number;
    duty_s: number | null;
    utilisation: number | null;
  }[];
}

export interface Overrides extends Told {
  orders: number;
  advised: number;
  followed: number;
  overrides: number;
  share: number | null;
  foreseen_n: number;
  foreseen_s: number | null;
  measured_n: number;
  measured_s: number | null;
  items: {
    number: string | null;
    type: string | null;
    callsign: string;
    at: Time;
    reason: string | null;
    foreseen_s: number | null;
    measured_s: number | null;
  }[];
}

export interface AlarmReport extends Told {
  raised: number;
  per_hour: number;
  most_in_10_min: number;
  flood_windows: number;
  windows: number;
  sources: {
    kind: string;
    source: string | null;
    raised: number;
    verified: number;
    false: number;
    open: number;
    false_rate: number | null;
  }[];
  hours: { hour: number; n: number }[];
  operators: { name: string; handled: number; verified: number; dismissed: number }[];
}

export interface Source {
  name: string;
  title: string;
  first_at: Time | null;
  last_at: Time | null;
}

export const PERIODS = ['hour', 'day', 'week', 'month', 'year', 'own'] as const;
export type PeriodName = (typeof PERIODS)[number];
const HOURS: Record<Exclude<PeriodName, 'own'>, number> = {
  hour: 1,
  day: 24,
  week: 168,
  month: 720,
  year: 8_760,
};
const HOUR_MS = 3_600_000;

/** Milliseconds since 1970; null means: as far as the records go. */
export interface Span {
  from: number;
  to: number;
}

export const lastHours = (name: Exclude<PeriodName, 'own'>, now: number): Span => ({
  from: now - HOURS[name] * HOUR_MS,
  to: now,
});

/** What is looked at: whose work, and when. */
export interface Asked {
  source: string;
  span: Span | null;
}

const query = ({ source, span }: Asked) => ({
  source: source === '' ? null : source,
  from: span && new Date(span.from).toISOString(),
  to: span && new Date(span.to).toISOString(),
});

const PATIENCE_MS = 30_000;

export const report = <T>(name: ReportName, asked: Asked, grouping?: Grouping): Promise<T> =>
  get<T>(`/reports/${name}`, {
    query: { ...query(asked), group_by: grouping ?? null },
    timeoutMs: PATIENCE_MS,
  });

export const sources = (): Promise<Source[]> =>
  get<{ items: Source[] }>('/reports/sources').then(({ items }) => items);

/** Where a report can be fetched as a file. */
export function fileUrl(
  name: ReportName,
  form: 'csv' | 'pdf' | 'parquet',
  asked: Asked,
  more: Record<string, string>,
): string {
  const pairs = Object.entries({ ...query(asked), ...more }).filter(
    (pair): pair is [string, string] => pair[1] !== null,
  );
  return `/api/v1/reports/${name}.${form}?${new URLSearchParams(pairs)}`;
}
