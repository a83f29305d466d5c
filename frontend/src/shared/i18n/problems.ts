/** A failed request in words: ours by code where we know it, else the centre's own detail. */

import type { TFunction } from 'i18next';
import { Problem } from '@/shared/api/client';
import type common from '@/shared/i18n/catalogues/es/common.json';

type KnownCode = keyof typeof common.problem;

export function problemText(error: Error, t: TFunction<'common'>): string {
  if (!(error instanceof Problem)) return error.message;
  const key = `problem.${error.code as KnownCode}` as const;
  const fallback = error.detail || t('problem.unknown', { code: error.code });
  return t(key, { ...error.extra, defaultValue: fallback }) as string;
}
