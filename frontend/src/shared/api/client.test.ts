// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  get,
  Problem,
  patch,
  post,
  setCsrfToken,
  TIMED_OUT,
  UNREACHABLE,
  whenSignedOut,
} from './client';
import { randomUuid } from './uuid';

const answer = (status: number, body: unknown) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  });

const fetched = vi.fn<typeof fetch>();
const request = () =>
  fetched.mock.calls.at(-1) as [string, RequestInit & { headers: Record<string, string> }];

beforeEach(() => vi.stubGlobal('fetch', fetched));
afterEach(() => {
  vi.unstubAllGlobals();
  setCsrfToken(null);
});

describe('requests', () => {
  it('puts the query in the address and leaves empty values out', async () => {
    fetched.mockResolvedValue(answer(200, { items: [] }));
    await get('/geocode', { query: { q: 'Cerro Corá c/ Yegros', limit: 5, lon: undefined } });
    expect(request()[0]).toBe('/api/v1/geocode?q=Cerro+Cor%C3%A1+c%2F+Yegros&limit=5');
    expect(request()[1].headers['Idempotency-Key']).toBeUndefined();
  });

  it('gives every mutation a key, the CSRF token and the version it edits', async () => {
    setCsrfToken('t0k3n');
    fetched.mockResolvedValue(answer(200, {}));
    await patch('/incidents/1', { priority: 1 }, { ifMatch: 7 });
    const { headers, body } = request()[1];
    expect(headers['Idempotency-Key']).toMatch(/^[0-9a-f-]{36}$/);
    expect([headers['X-CSRF-Token'], headers['If-Match'], body]).toEqual([
      't0k3n',
      '7',
      '{"priority":1}',
    ]);
  });

  it('keeps the key it is given, so that a repeat is the same command', async () => {
    fetched.mockResolvedValue(answer(204, null));
    await post('/units/1/status', { status: 'en_route' }, { key: 'same' });
    expect(request()[1].headers['Idempotency-Key']).toBe('same');
  });
});

describe('problems', () => {
  const caught = (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error('should have failed');
      },
      (error: unknown) => error as Problem,
    );

  it('turns problem+json into a typed error with what it adds', async () => {
    fetched.mockResolvedValue(
      answer(409, {
        type: 'about:blank',
        status: 409,
        code: 'unit-not-available',
        detail: 'M12 is assigned',
        callsign: 'M12',
        incident_number: '2026-000139',
      }),
    );
    const problem = await caught(post('/incidents/1/assignments', { unit_ids: ['u'] }));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      status: 409,
      code: 'unit-not-available',
      detail: 'M12 is assigned',
      extra: { callsign: 'M12', incident_number: '2026-000139' },
      mayRetry: false,
    });
  });

  it('names an answer that is not JSON by its status', async () => {
    fetched.mockResolvedValue(
      new Response('<h1>502</h1>', { status: 502, statusText: 'Bad Gateway' }),
    );
    expect(await caught(get('/units'))).toMatchObject({ code: 'http-502', mayRetry: true });
  });

  it('says that the centre was unreachable', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await caught(get('/units'))).toMatchObject({
      code: UNREACHABLE,
      status: 0,
      mayRetry: true,
    });
  });

  it('gives up after its timeout', async () => {
    fetched.mockImplementation(
      (_url, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
        }),
    );
    expect(await caught(get('/units', { timeoutMs: 5 }))).toMatchObject({ code: TIMED_OUT });
  });

  it('tells the page when the session is over', async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    fetched.mockResolvedValue(answer(401, { code: 'not-signed-in', detail: 'Sign in.' }));
    await caught(get('/units'));
    expect(signedOut).toHaveBeenCalledOnce();
  });
});

describe('uuid', () => {
  it('is a version 4 UUID and new each time', () => {
    const one = randomUuid();
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomUuid()).not.toBe(one);
  });
});
