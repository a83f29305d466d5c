/** What changes seldom: code lists and the city; asked for once after sign-in. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { get, Problem } from '@/shared/api/client';
import { labelIn, useTranslation } from '@/shared/i18n/i18n';
import { configureFormats } from '@/shared/time/format';
import type { City, Codes, LabelledCode } from '@/shared/wire/answers';

const RETRY_MS = 3_000;

export interface Reference {
  codes: Codes;
  city: City | null;
}

const NO_CODES: Codes = {
  incident_types: [],
  call_dispositions: [],
  incident_dispositions: [],
  unit_statuses: [],
  alarm_reasons: [],
  view_purposes: [],
};

export const reference = createStore<Reference>(() => ({ codes: NO_CODES, city: null }));

/** Ask until both are there; the page works meanwhile and shows codes in place of labels. */
export async function loadReference(): Promise<void> {
  await Promise.all([
    loadCodes(),
    until(async () => {
      const city = await get<City>('/city');
      configureFormats({ timeZone: city.timezone });
      reference.setState({ city });
    }),
  ]);
}

/** Ask for the lists; again whenever a supervisor has changed them. */
export function loadCodes(): Promise<void> {
  return until(async () => reference.setState({ codes: await get<Codes>('/codes') }));
}

async function until(load: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof Problem && error.mayRetry)) throw error;
      // the connection bar shows the trouble; the lists come when the centre answers again
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}

export function useReference<T>(select: (reference: Reference) => T): T {
  return useStore(reference, select);
}

type CodeList = keyof Codes;

/** How a code of the centre is called in the language on screen. */
export function useLabel(list: CodeList): (code: string | null | undefined) => string {
  const codes = useStore(reference, (state) => state.codes[list]) as
    | readonly LabelledCode[]
    | undefined;
  const { language } = useTranslation('common');
  return (code) => labelIn(codes?.find((one) => one.code === code)?.labels, language, code ?? '–');
}
