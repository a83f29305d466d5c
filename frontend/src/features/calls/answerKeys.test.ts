// @vitest-environment node
import { expect, it } from 'vitest';
import { answerOfKey, choicesOf, keyOfAnswer } from './answerKeys';

const YESNO = choicesOf({ kind: 'yesno', choices: [] }) ?? [];
const WEAPONS = ['none', 'knife', 'firearm'].map((code) => ({ code }));

it('answers yes by s and y, no by n, and what is not known by its digit', () => {
  const answers = ['s', 'S', 'y', 'n', '3'].map((key) => answerOfKey(key, YESNO));
  expect(answers).toEqual(['yes', 'yes', 'yes', 'no', 'unknown']);
  expect(YESNO.map(({ code }, index) => keyOfAnswer(code, index))).toEqual(['s', 'n', '3']);
});

it('answers a choice by its digit and leaves every other key alone', () => {
  expect(['1', '3', '4', 's', 'n', 'j'].map((key) => answerOfKey(key, WEAPONS))).toEqual([
    'none',
    'firearm',
    null,
    null,
    null,
    null,
  ]);
});

it('leaves numbers and words to be written', () => {
  expect(choicesOf({ kind: 'number', choices: [] })).toBeNull();
  expect(choicesOf({ kind: 'text', choices: [] })).toBeNull();
});
