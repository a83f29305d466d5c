/** Languages: Spanish is the source, Guaraní falls back to it key by key, English is complete. */

import { useCallback, useSyncExternalStore } from 'react';
import { configureFormats } from '@/shared/time/format';
import type { Labels } from '@/shared/wire/answers';
import type common from './catalogues/es/common.json';
import type desk from './catalogues/es/desk.json';
import type dispatch from './catalogues/es/dispatch.json';
import type drive from './catalogues/es/drive.json';
import type field from './catalogues/es/field.json';
import type geo from './catalogues/es/geo.json';
import type supervise from './catalogues/es/supervise.json';
import { type Catalogue, type Keys, type Source, translate, type Values } from './translate';

export const LANGUAGES = ['es', 'gn', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Namespace = 'common' | 'desk' | 'dispatch' | 'field' | 'geo' | 'drive' | 'supervise';

interface Catalogues {
  common: Keys<typeof common>;
  /** The desk's pages also speak of the map's tools and of dispatching. */
  desk: Keys<typeof desk> | Keys<typeof geo> | Keys<typeof dispatch>;
  field: Keys<typeof field>;
  /** The supervisor's page speaks of everything that a desk's does. */
  supervise: Keys<typeof supervise> | Keys<typeof desk>;
  drive: Keys<typeof drive>;
}

/** A translator: the keys of its first namespace bare, shared ones also as `common:…`. */
export type Words<Own extends keyof Catalogues> = (
  key: Catalogues[Own] | `common:${Catalogues['common']}`,
  values?: Values,
) => string;
export type DeskWords = Words<'desk'>;

const SOURCE: Language = 'es';
const STORED = 'nangareko-language';
const CHANNEL = 'nangareko-language';
/** No browser knows the plurals of Guaraní; its drafts follow the Spanish ones. */
const PLURALS: Record<Language, string> = { es: 'es', gn: 'es', en: 'en' };
const files = import.meta.glob<{ default: Catalogue }>('./catalogues/*/*.json');
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

function isLanguage(text: string | null): text is Language {
  return LANGUAGES.includes(text as Language);
}

function stored(): Language {
  try {
    const text = localStorage.getItem(STORED);
    return isLanguage(text) ? text : SOURCE;
  } catch {
    return SOURCE; // storage refused by the browser: start in the source language
  }
}

let namespaces: Namespace[] = ['common'];
let spoken: Language = SOURCE;
let sources: readonly Source[] = [];
const loaded = new Map<Language, Map<string, Catalogue>>();
const listeners = new Set<() => void>();

async function load(language: Language): Promise<Source> {
  const catalogues = loaded.get(language) ?? new Map<string, Catalogue>();
  loaded.set(language, catalogues);
  await Promise.all(
    namespaces.map(async (namespace) => {
      if (catalogues.has(namespace)) return;
      const file = await files[`./catalogues/${language}/${namespace}.json`]?.();
      if (file !== undefined) catalogues.set(namespace, file.default);
    }),
  );
  return { catalogues, rules: new Intl.PluralRules(PLURALS[language]) };
}

/** Load what a page needs in its language and in Spanish; call once before the first render. */
export async function startI18n(wanted: Namespace[]): Promise<void> {
  namespaces = ['common', ...wanted];
  await show(stored());
  if (channel !== null)
    channel.onmessage = (event: MessageEvent<Language>) => void show(event.data);
}

/** Load the words of a part that comes later; call before it is rendered. */
export async function needWords(namespace: Namespace): Promise<void> {
  if (namespaces.includes(namespace)) return;
  namespaces = [...namespaces, namespace];
  await show(spoken);
}

async function show(language: Language): Promise<void> {
  const wanted = language === SOURCE ? [SOURCE] : [language, SOURCE];
  sources = await Promise.all(wanted.map(load));
  spoken = language;
  configureFormats({ language });
  document.documentElement.lang = language === 'es' ? 'es-PY' : language;
  for (const listener of listeners) listener();
}

/** Switch the language here and in the person's other windows. */
export async function setLanguage(language: Language): Promise<void> {
  await show(language);
  channel?.postMessage(language);
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // storage refused by the browser: the choice lasts as long as the page
  }
}

export const currentLanguage = (): Language => spoken;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A label that came from the centre, in the language on screen, else in Spanish. */
export function labelIn(labels: Labels | undefined, language: string, fallback: string): string {
  return labels?.[language] || labels?.es || fallback;
}

/** The desk's pages: own keys bare, shared ones as `common:…`. */
export const DESK = ['desk', 'geo', 'dispatch', 'common'] as const;
/** The same for the responder's page. */
export const FIELD = ['field', 'common'] as const;
/** The way to the task on the responder's page; it comes with the map. */
export const DRIVE = ['drive', 'common'] as const;
/** The supervisor's page; its own words come with it. */
export const SUPERVISE = ['supervise', 'desk', 'geo', 'dispatch', 'common'] as const;
const COMMON = ['common'] as const;

/** The page's words in the language on screen; follows a switch of language. */
export function useTranslation(spaces: typeof DESK): { t: Words<'desk'>; language: Language };
export function useTranslation(spaces: typeof FIELD): { t: Words<'field'>; language: Language };
export function useTranslation(spaces: typeof DRIVE): { t: Words<'drive'>; language: Language };
export function useTranslation(spaces: typeof SUPERVISE): {
  t: Words<'supervise'>;
  language: Language;
};
export function useTranslation(spaces: 'common'): { t: Words<'common'>; language: Language };
export function useTranslation(
  spaces: typeof DESK | typeof FIELD | typeof DRIVE | typeof SUPERVISE | 'common',
) {
  const now = useSyncExternalStore(subscribe, () => sources);
  const order = spaces === 'common' ? COMMON : spaces;
  const t = useCallback(
    (key: string, values?: Values) => translate(now, order, key, values),
    [now, order],
  );
  return { t, language: spoken };
}
