// @vitest-environment node
import { expect, it } from 'vitest';
import { type Catalogue, type Source, translate } from './translate';

const source = (language: string, catalogues: Record<string, Catalogue>): Source => ({
  catalogues: new Map(Object.entries(catalogues)),
  rules: new Intl.PluralRules(language),
});

const es = source('es', {
  common: {
    word: { call: 'Llamada {{number}}' },
    news_one: '{{count}} nuevo',
    news_other: '{{count}} nuevos',
  },
  desk: { title: 'Mapa', only: 'solo en español' },
});
const gn = source('es', { common: {}, desk: { title: 'Mapa rehegua', blank: '' } });
const say = (key: string, values?: object) =>
  translate([gn, es], ['desk', 'common'], key, { ...values });

it('speaks the first language and falls back key by key', () => {
  expect([say('title'), say('only')]).toEqual(['Mapa rehegua', 'solo en español']);
});

it('asks the named namespace, or all of them in order for a bare key', () => {
  expect(say('common:word.call', { number: '0147' })).toBe('Llamada 0147');
  expect(say('word.call', { number: 7 })).toBe('Llamada 7');
});

it('picks the plural by the count, and "other" where the rules ask for a form nobody wrote', () => {
  expect(say('news', { count: 1 })).toBe('1 nuevo');
  expect(say('news', { count: 0 })).toBe('0 nuevos');
  expect(say('news', { count: 1_000_000 })).toBe('1000000 nuevos');
});

it('fills a missing place with nothing and leaves marks in values alone', () => {
  expect(say('word.call')).toBe('Llamada ');
  expect(say('word.call', { number: '<b>{{number}}$&' })).toBe('Llamada <b>{{number}}$&');
});

it('answers an unknown key with the default, else with the key', () => {
  expect(say('reason.odd', { defaultValue: 'odd' })).toBe('odd');
  expect([say('toString'), say('word'), say('blank')]).toEqual(['toString', 'word', 'blank']);
});
