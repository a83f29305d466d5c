/** HTTP to the centre: problem+json as a typed error, timeouts, idempotency, CSRF, If-Match. */

import { randomUuid } from '@/shared/api/uuid';

export const TIMEOUT_MS = 10_000;
const BASE = '/api/v1';

/** Problems of our own making, beside the server's codes: nothing came back in time, or at all. */
export const UNREACHABLE = 'unreachable';
export const TIMED_OUT = 'timeout';

export class Problem extends Error {
  override name = 'Problem';

  constructor(
    /** The HTTP status, 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  /** True when the same request may be sent again with the same key and may then succeed. */
  get mayRetry(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Options {
  query?: Query;
  body?: unknown;
  /** Sent as Idempotency-Key; mutations make one when none is given. */
  key?: string;
  ifMatch?: number;
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** What to do when any request learns that the session is over. */
export function whenSignedOut(react: () => void): void {
  onSignedOut = react;
}

export const get = <T>(path: string, options: Options = {}): Promise<T> =>
  json<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options: Options = {}): Promise<T> =>
  json<T>('POST', path, { ...options, body });
export const put = <T>(path: string, body: unknown, options: Options = {}): Promise<T> =>
  json<T>('PUT', path, { ...options, body });
export const patch = <T>(path: string, body: unknown, options: Options = {}): Promise<T> =>
  json<T>('PATCH', path, { ...options, body });
export const remove = (path: string, options: Options = {}): Promise<void> =>
  json<void>('DELETE', path, options);

async function json<T>(method: Method, path: string, options: Options): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json().catch((error: unknown) => {
    throw unfinished(error);
  })) as T;
}

/** Send and return the raw answer; anything but 2xx is thrown as a Problem. */
export async function send(method: Method, path: string, options: Options): Promise<Response> {
  const timer = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const response = await fetch(address(path, options.query), {
    method,
    credentials: 'same-origin',
    headers: headersOf(method, options),
    body: bodyOf(options),
    signal: options.signal ? AbortSignal.any([timer, options.signal]) : timer,
  }).catch((error: unknown) => {
    throw withoutAnswer(error, timer);
  });
  if (response.ok) return response;
  if (response.status === 401) onSignedOut();
  throw await problemOf(response);
}

function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]));
  const whole = path.startsWith('/api/') ? path : BASE + path;
  return pairs.length > 0 ? `${whole}?${search}` : whole;
}

function bodyOf(options: Options): string | null {
  if (options.body === undefined) return null;
  return typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
}

function headersOf(method: Method, options: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
  if (method !== 'GET') {
    headers['Idempotency-Key'] = options.key ?? randomUuid();
    Object.assign(headers, csrfHeader());
  }
  if (options.body !== undefined && typeof options.body !== 'string')
    headers['Content-Type'] = 'application/json';
  if (options.ifMatch !== undefined) headers['If-Match'] = String(options.ifMatch);
  return { ...headers, ...options.headers };
}

/** What proves that a change comes from our own page. */
export const csrfHeader = (): Record<string, string> =>
  csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken };

function withoutAnswer(error: unknown, timer: AbortSignal): unknown {
  if (timer.aborted) return new Problem(0, TIMED_OUT, '');
  if (error instanceof DOMException && error.name === 'AbortError') return error;
  return new Problem(0, UNREACHABLE, '');
}

/** The time ran out, or the line broke, in the middle of an answer. */
function unfinished(error: unknown): unknown {
  if (!(error instanceof DOMException) || error.name === 'AbortError') return error;
  return new Problem(0, error.name === 'TimeoutError' ? TIMED_OUT : UNREACHABLE, '');
}

const KNOWN = new Set(['type', 'title', 'status', 'detail', 'code', 'instance']);

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return problemFrom(response.status, response.statusText, body);
}

/** What the centre refused, from its problem+json. */
export function problemFrom(
  status: number,
  statusText: string,
  body: Record<string, unknown>,
): Problem {
  const extra = Object.fromEntries(Object.entries(body).filter(([name]) => !KNOWN.has(name)));
  const text = (value: unknown, or: string) => (typeof value === 'string' ? value : or);
  return new Problem(
    status,
    text(body.code, `http-${status}`),
    text(body.detail, text(body.title, statusText)),
    extra,
  );
}
