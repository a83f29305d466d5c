/** Keys of the answers of a question: s/y and n for yes and no, digits for every other. */

import type { Labels } from '@/shared/wire/answers';
import type { ProtocolQuestion } from '@/shared/wire/dispatch';

const YES = 'yes';
const NO = 'no';
const UNKNOWN = 'unknown';
const YES_KEYS = ['s', 'y'];

/** What may be chosen; null for a question that is answered in writing. */
export function choicesOf(
  question: Pick<ProtocolQuestion, 'kind' | 'choices'>,
): readonly { code: string; labels?: Labels }[] | null {
  if (question.kind === 'yesno') return [YES, NO, UNKNOWN].map((code) => ({ code }));
  return question.kind === 'choice' ? question.choices : null;
}

export function keyOfAnswer(code: string, index: number): string {
  if (code === YES) return 's';
  return code === NO ? 'n' : String(index + 1);
}

/** The code of the answer that `key` gives, or null. Digits count every answer, yes and no as well. */
export function answerOfKey(key: string, answers: readonly { code: string }[]): string | null {
  const has = (code: string) => answers.some((one) => one.code === code);
  const small = key.toLowerCase();
  if (YES_KEYS.includes(small) && has(YES)) return YES;
  if (small === 'n' && has(NO)) return NO;
  return answers[Number(key) - 1]?.code ?? null;
}
