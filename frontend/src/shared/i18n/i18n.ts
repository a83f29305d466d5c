/** Languages: Spanish is the source, Guaraní falls back to it key by key, English is complete. */

import i18next, { type i18n, type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { configureFormats } from '@/shared/time/format';
import type { Labels } from '@/shared/wire/answers';
import type common from './catalogues/es/common.json';
import type desk from './catalogues/es/desk.json';
import type field from './catalogues/es/field.json';

export const LANGUAGES = ['es', 'gn', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Namespace = 'common' | 'desk' | 'field';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: { common: typeof common; desk: typeof desk; field: typeof field };
  }
}

const SOURCE: Language = 'es';
const STORED = 'nangareko-language';
const CHANNEL = 'nangareko-language';
const catalogues = import.meta.glob<{ default: object }>('./catalogues/*/*.json');
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

async function load(language: Language): Promise<void> {
  await Promise.all(
    namespaces.map(async (namespace) => {
      if (i18next.hasResourceBundle(language, namespace)) return;
      const catalogue = await catalogues[`./catalogues/${language}/${namespace}.json`]?.();
      if (catalogue !== undefined)
        i18next.addResourceBundle(language, namespace, catalogue.default);
    }),
  );
}

/** Load what a page needs in its language and in Spanish; call once before the first render. */
export async function startI18n(wanted: Namespace[]): Promise<i18n> {
  namespaces = ['common', ...wanted];
  await i18next.use(initReactI18next).init({
    lng: SOURCE,
    fallbackLng: SOURCE,
    ns: namespaces,
    defaultNS: 'common',
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    returnEmptyString: false,
    react: { useSuspense: false, bindI18nStore: 'added' },
  });
  await load(SOURCE);
  await show(stored());
  if (channel !== null)
    channel.onmessage = (event: MessageEvent<Language>) => void show(event.data);
  return i18next;
}

async function show(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  configureFormats({ language });
  document.documentElement.lang = language === 'es' ? 'es-PY' : language;
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

export const currentLanguage = (): Language =>
  isLanguage(i18next.language) ? i18next.language : SOURCE;

/** A label that came from the centre, in the language on screen, else in Spanish. */
export function labelIn(labels: Labels | undefined, language: string, fallback: string): string {
  return labels?.[language] || labels?.es || fallback;
}

/** What `useTranslation` takes on the centre's pages: own keys bare, shared ones as `common:…`. */
export const DESK = ['desk', 'common'] as const;
/** The same for the responder's page. */
export const FIELD = ['field', 'common'] as const;
export type DeskWords = TFunction<typeof DESK>;
