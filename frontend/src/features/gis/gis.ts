/** What the centre answers about layers, local names and reports. */

import { get, patch, post, remove } from '@/shared/api/client';
import type { Command, CommandName } from '@/shared/commands/pending';
import type { Page } from '@/shared/wire/answers';
import type { Id, Layer, Point, Time } from '@/shared/wire/types';

export const LAYER_KINDS = [
  'zone',
  'station',
  'hospital',
  'hydrant',
  'hazard',
  'closure',
  'custom',
] as const;
export const ZONE_KINDS = ['jurisdiction', 'response', 'patrol', 'district'] as const;

export interface ToldRow {
  row: number;
  id: string | null;
  reason: string;
  detail: string;
}

/** What happened to rows under one heading. */
export interface Told {
  rows: number;
  by_reason: Record<string, number>;
  listed: ToldRow[];
}

export interface LoadReport {
  rows: number;
  kept: number;
  mended?: Told;
  doubtful?: Told;
  refused?: Told;
  remarks?: string[];
}

export interface Published {
  layer: Layer;
  version: LayerVersion;
  report: LoadReport;
}

export interface LayerVersion {
  number: number;
  published_at: Time;
  published_by: string;
  file_name: string;
  file_bytes: number;
  features: number;
  refused: number;
  in_force: boolean;
}

export interface Difference {
  id: string;
  name: string | null;
  moved_m: number | null;
}

export const DIFFERENCES = ['added', 'removed', 'changed', 'moved'] as const;

/** How many of each, and the first of them. */
export interface Comparison extends Record<(typeof DIFFERENCES)[number], Difference[]> {
  counts: Record<string, number>;
}

export const versionsOf = async (name: string): Promise<LayerVersion[]> =>
  (await get<Page<LayerVersion>>(`/layers/${encodeURIComponent(name)}/versions`)).items;

/** What the import of the version in force told. */
export const reportOf = async (name: string): Promise<LoadReport | null> =>
  (await get<{ report: LoadReport | null }>(`/layers/${encodeURIComponent(name)}`)).report;

export const compare = (name: string, from: number, to: number): Promise<Comparison> =>
  get<Comparison>(`/layers/${encodeURIComponent(name)}/compare`, { query: { from, to } });

export const refusedUrl = (name: string, version: number): string =>
  `/api/v1/layers/${encodeURIComponent(name)}/versions/${version}/refused.geojson`;

const command = <T>(
  name: CommandName,
  subjects: Id[],
  send: (key: string) => Promise<T>,
): Command<T> => ({
  name,
  subjects,
  send,
});

export const rollBack = (layer: Layer, version: number): Command<unknown> =>
  command('layer', [layer.id], (key) =>
    post(
      `/layers/${encodeURIComponent(layer.name)}/rollback`,
      { version },
      { key, ifMatch: layer.version },
    ),
  );

export interface LocalName {
  id: Id;
  version: number;
  name: string;
  kind: string;
  target: string | null;
  aliases: string[];
  note: string | null;
  linked_to: string | null;
  lon: number | null;
  lat: number | null;
  changed_by: string;
  changed_at: Time;
}

export interface NameFields {
  name: string;
  kind?: string;
  target?: string | null;
  aliases: string[];
  note?: string | null;
  lon?: number | null;
  lat?: number | null;
}

export const localNames = (cursor: string | null): Promise<Page<LocalName>> =>
  get<Page<LocalName>>('/gazetteer', { query: { cursor, limit: 100 } });

export const addName = (fields: NameFields): Command<LocalName> =>
  command('localName', [], (key) => post<LocalName>('/gazetteer', fields, { key }));

export const changeName = (entry: LocalName, fields: NameFields): Command<LocalName> =>
  command('localName', [entry.id], (key) =>
    patch<LocalName>(`/gazetteer/${entry.id}`, fields, { key, ifMatch: entry.version }),
  );

export const removeName = (entry: LocalName): Command<void> =>
  command('localName', [entry.id], (key) =>
    remove(`/gazetteer/${entry.id}`, { key, ifMatch: entry.version }),
  );

export interface PlaceReport {
  id: Id;
  version: number;
  state: 'open' | 'settled';
  text: string;
  chosen: (Point & { label: string | null }) | null;
  right: Point | null;
  note: string | null;
  call_id: Id | null;
  reported_by: string;
  reported_at: Time;
}

export const OUTCOMES = [
  'entry_added',
  'corrected_in_map',
  'not_wrong',
  'duplicate',
  'other',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const openReports = async (): Promise<PlaceReport[]> =>
  (await get<Page<PlaceReport>>('/place-reports', { query: { state: 'open' } })).items;

export const settleReport = (
  report: PlaceReport,
  outcome: Outcome,
  note: string,
  entry: NameFields | null,
): Command<PlaceReport> =>
  command('settleReport', [report.id], (key) =>
    post<PlaceReport>(
      `/place-reports/${report.id}/settle`,
      { outcome, ...(note === '' ? {} : { note }), ...(entry === null ? {} : { entry }) },
      { key },
    ),
  );
