import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mapAsk } from '@/shared/geo/mapBus';
import { startI18n } from '@/shared/i18n/i18n';
import type { GeocodeAnswer, GeocodeResult } from '@/shared/wire/answers';
import { AddressSearch, type Chosen } from './AddressSearch';

const place = (label: string, detail: string, lon: number): GeocodeResult => ({
  label,
  kind: 'intersection',
  location: { lon, lat: -25.28, uncertainty_m: 15, confidence: 0.9 },
  score: 0.8,
  zones: [],
  detail,
});
const CENTRE = place('Estrella esquina 14 de Mayo', 'La Catedral', -57.63);
const ELSA = place('Estrella casi 14 de Mayo', 'Villa Elisa', -57.59);

let asked: URL[] = [];

/** The centre's answers, by the words that were asked. */
function centreAnswers(answers: Record<string, GeocodeAnswer>) {
  vi.stubGlobal('fetch', (path: string) => {
    const url = new URL(path, 'http://centre');
    asked.push(url);
    const answer = answers[url.searchParams.get('q') ?? ''] ?? { items: [], certain: false };
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }));
  });
}

beforeEach(async () => {
  asked = [];
  vi.useFakeTimers();
  await startI18n(['desk', 'geo']);
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(): { chosen: Chosen[]; input: HTMLInputElement } {
  const chosen: Chosen[] = [];
  const near = { lon: -57.63, lat: -25.28 };
  render(
    <AddressSearch
      label="¿Dónde?"
      initial=""
      testId="where"
      near={near}
      onChoose={(one) => chosen.push(one)}
    />,
  );
  return { chosen, input: screen.getByTestId('where') };
}

async function type(input: HTMLInputElement, words: string) {
  fireEvent.change(input, { target: { value: words } });
  await act(() => vi.advanceTimersByTimeAsync(200));
}

it('chooses nothing by itself when several places fit; a digit in the list does', async () => {
  const read_as = 'Estrella, esquina 14 de Mayo';
  centreAnswers({ 'estrella y 14': { items: [CENTRE, ELSA], certain: false, read_as } });
  const { chosen, input } = open();
  await type(input, 'estrella y 14');
  expect(screen.getByTestId('where-read-as').textContent).toContain(`Entendido: ${read_as}`);
  expect(screen.getByTestId('where-read-as').textContent).toContain('elija con 1–9');
  expect(mapAsk.getState().marks.map(({ label }) => label)).toEqual(['1', '2']);

  fireEvent.keyDown(input, { key: 'Enter' });
  const list = screen.getByTestId('where-candidates');
  expect([chosen, document.activeElement]).toEqual([[], list]);
  fireEvent.keyDown(list, { key: '9' });
  expect(chosen).toEqual([]);
  fireEvent.keyDown(list, { key: '2' });
  expect(chosen).toEqual([{ text: ELSA.label, place: ELSA.location }]);
});

it('takes the best with Enter when the centre is certain', async () => {
  centreAnswers({ 'estrella 505': { items: [CENTRE, ELSA], certain: true } });
  const { chosen, input } = open();
  await type(input, 'estrella 505');
  fireEvent.keyDown(input, { key: 'Enter' });
  expect(chosen).toEqual([{ text: CENTRE.label, place: CENTRE.location }]);
});

it('tells candidates apart by kind, barrio and distance, and asks near the caller', async () => {
  centreAnswers({ 'estrella y 14': { items: [CENTRE, ELSA], certain: false } });
  const { input } = open();
  await type(input, 'estrella y 14');
  expect(screen.getAllByTestId('candidate').map((one) => one.textContent)).toEqual([
    '1Estrella esquina 14 de Mayoesquina · La Catedral · a 0\u00a0m±15 m',
    '2Estrella casi 14 de Mayoesquina · Villa Elisa · a 4\u00a0km±15 m',
  ]);
  expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toMatchObject({
    lon: '-57.63',
    type_ahead: 'true',
  });
});

it('asks for the newest words only, once the typing rests', async () => {
  centreAnswers({ estrella: { items: [CENTRE], certain: true } });
  const { input } = open();
  for (const words of ['est', 'estre', 'estrella'])
    fireEvent.change(input, { target: { value: words } });
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(asked.map((url) => url.searchParams.get('q'))).toEqual(['estrella']);
});

it('says that nothing was found and lets one go on, or report it', async () => {
  centreAnswers({});
  const { chosen, input } = open();
  await type(input, 'qwxz');
  expect(screen.getByTestId('where-nothing').textContent).toContain('Se puede guardar así');
  fireEvent.keyDown(input, { key: 'Enter' });
  expect(chosen).toEqual([]);
  fireEvent.click(screen.getByTestId('where-report'));
  expect(screen.getByTestId('wrong-place')).toBeTruthy();
});
