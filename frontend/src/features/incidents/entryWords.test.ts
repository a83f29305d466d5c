// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { DeskWords } from '@/shared/i18n/i18n';
import { type Catalogue, translate } from '@/shared/i18n/translate';
import type { TimelineEntry } from '@/shared/wire/answers';
import { knownKinds } from '@/situation/fold';
import { entryText } from './entryWords';

const read = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../shared/i18n/catalogues/es/${name}.json`, import.meta.url), 'utf8'),
  ) as Catalogue;
const names = ['desk', 'dispatch', 'common'];
const source = {
  catalogues: new Map(names.map((name) => [name, read(name)])),
  rules: new Intl.PluralRules('es'),
};
const t: DeskWords = (key, values) => translate([source], names, key, values);

const entry = (kind: string, data: Record<string, unknown>): TimelineEntry => ({
  seq: 1,
  id: 'e',
  kind,
  subject_type: 'call',
  subject: 'c',
  version: 2,
  incident: 'i',
  author: { id: 'a', name: 'despacho1' },
  cause: 'k',
  occurred_at: '2026-11-22T14:00:00.000Z',
  recorded_at: '2026-11-22T14:00:00.000Z',
  data,
});
const words = (kind: string, data: Record<string, unknown> = {}) =>
  entryText(entry(kind, data), t, (code) => `«${code}»`);

it('tells what happened in words, with the names of the facts', () => {
  const answered = { answers: [{ answer: 'yes' }], effects: [{ from: 2, to: 1 }] };
  expect(words('call.interview_answered', { interview: answered })).toContain('P2 → P1');
  expect(words('call.taken_over', { taken_by: 'despacho2', reason: 'por el idioma' })).toBe(
    'despacho2 tomó la llamada: por el idioma',
  );
  expect(words('incident.task_changed', { task: { text: 'Cortar el gas', state: 'doing' } })).toBe(
    'Tarea «Cortar el gas»: en marcha',
  );
  expect(words('incident.clock_overdue', { clock: 'turnout', target_s: 120 })).toBe(
    'Salida pasó su meta de 02:00',
  );
  expect(words('made.up')).toBe('made.up');
});

it('has words for every kind of fact that can stand in the history of an incident', () => {
  const inHistory = /^(call|incident|unit|alarm)\.(?!(registered|movements_read|flood_\w+)$)/;
  const wordless = knownKinds().filter((kind) => inHistory.test(kind) && words(kind) === kind);
  expect(wordless).toEqual([]);
});
