import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reference } from '@/shared/api/reference';
import { offerKey } from '@/shared/commands/keyLayers';
import { startI18n } from '@/shared/i18n/i18n';
import { aCall } from '@/shared/testing/builders';
import type { Triage as Answer } from '@/shared/wire/dispatch';
import type { Call } from '@/shared/wire/types';
import { Triage } from './Triage';

const ANSWER: Answer = {
  repeat: { count: 2, window_s: 1_800, dispositions: [{ code: 'silent', count: 2 }] },
  earlier_at_place: [
    {
      incident_id: 'i1',
      number: '2026-000140',
      type: 'family_violence',
      opened_at: '2026-11-12T14:00:00.000Z',
      distance_m: 20,
      violence: true,
    },
  ],
  open_nearby: [],
  violence_notes: 0,
  suggestion: { priority: 1, why: ['violence_at_place_recently', 'number_repeats'] },
  keys: [],
};
let sent: { path: string; body: unknown }[] = [];

beforeEach(async () => {
  sent = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    if (init.method === 'POST') sent.push({ path, body: JSON.parse(String(init.body)) });
    const body = path.endsWith('/triage') ? ANSWER : aCall({ state: 'closed' });
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
  });
  const codes = reference.getState().codes;
  const labels = (es: string) => ({ es });
  reference.setState({
    codes: {
      ...codes,
      call_dispositions: [
        { code: 'silent', labels: labels('No contesta'), key: '1' },
        { code: 'children', labels: labels('Niños jugando'), key: '2' },
        { code: 'dropped', labels: labels('Se cortó') },
      ],
    },
  });
  await startI18n(['desk', 'geo', 'dispatch']);
});

afterEach(() => vi.unstubAllGlobals());

async function show(call: Call, keysOn = true) {
  render(<Triage call={call} keysOn={keysOn} />);
  await act(() => new Promise((done) => setTimeout(done, 250)));
}

it('says what is known, and codes an answered call with one key', async () => {
  await show(aCall({ state: 'taken', taken_by: 'despacho1' }));
  const { textContent } = screen.getByTestId('suggestion');
  expect(textContent).toContain('P1');
  expect(textContent).toContain('violencia en este lugar hace menos de un mes');
  expect(screen.getByTestId('repeat').textContent).toContain('2 llamadas antes');
  expect(screen.getByTestId('code-children').textContent).toBe('2Niños jugando');
  expect(screen.queryByTestId('code-dropped')).toBeNull();
  await act(async () => expect(offerKey('2')).toBe(true));
  expect(sent).toEqual([{ path: '/api/v1/calls/call-1/close', body: { disposition: 'children' } }]);
});

it('leaves the keys alone while nobody has answered, or while they answer a question', async () => {
  await show(aCall({ state: 'waiting' }));
  expect(offerKey('2')).toBe(false);
  expect((screen.getByTestId('code-silent') as HTMLButtonElement).disabled).toBe(true);
});

it('shows no keys while the questions have them', async () => {
  await show(aCall({ state: 'taken', taken_by: 'despacho1' }), false);
  expect(offerKey('1')).toBe(false);
  expect(screen.getByTestId('code-silent').textContent).toBe('No contesta');
  expect(sent).toEqual([]);
});
