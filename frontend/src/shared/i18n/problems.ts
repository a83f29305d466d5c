/** A failed request in words: ours by code where we know it, else the centre's own detail. */

import { Problem } from '@/shared/api/client';
import type common from '@/shared/i18n/catalogues/es/common.json';
import type { DeskWords, Words } from '@/shared/i18n/i18n';

type KnownCode = keyof typeof common.problem;

const UNIT_TAKEN = 'unit-not-available';

/** A unit may be refused for being off duty as well: then there is no incident to name. */
function keyOf({ code, extra }: Problem): KnownCode {
  if (code === UNIT_TAKEN && !extra.incident_number) return `${UNIT_TAKEN}-idle`;
  return code as KnownCode;
}

/** `words` of a desk also know what only a desk is refused. */
export function problemText(error: Error, words: Words<'common'> | DeskWords): string {
  if (!(error instanceof Problem)) return error.message;
  const t = words as Words<'common'>;
  const key = `problem.${keyOf(error)}` as const;
  const fallback = error.detail || t('problem.unknown', { code: error.code });
  return t(key, { ...error.extra, detail: error.detail, defaultValue: fallback });
}
