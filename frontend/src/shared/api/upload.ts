/** One file to the centre with its progress, which fetch does not tell. */

import { csrfHeader, Problem, problemFrom, TIMED_OUT, UNREACHABLE } from '@/shared/api/client';
import { randomUuid } from '@/shared/api/uuid';

const BASE = '/api/v1';
/** Reading and checking a large layer takes the centre a while after the last byte. */
const LONGEST_MS = 15 * 60_000;

export interface Upload<T> {
  answer: Promise<T>;
  stop: () => void;
}

/** POST `file` as it is; `tell` hears the part that is sent, 0..1. Throws Problems like the client. */
export function upload<T>(
  path: string,
  query: Record<string, string>,
  file: Blob,
  tell: (part: number) => void,
): Upload<T> {
  const request = new XMLHttpRequest();
  const answer = new Promise<T>((resolve, reject) => {
    request.open('POST', `${BASE}${path}?${new URLSearchParams(query)}`);
    request.timeout = LONGEST_MS;
    request.responseType = 'json';
    const headers = {
      Accept: 'application/json, application/problem+json',
      'Content-Type': 'application/octet-stream',
      'Idempotency-Key': randomUuid(),
      ...csrfHeader(),
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = (request.response ?? {}) as Record<string, unknown>;
      if (request.status < 300) resolve(body as T);
      else reject(problemFrom(request.status, request.statusText, body));
    };
    request.onerror = () => reject(new Problem(0, UNREACHABLE, ''));
    request.ontimeout = () => reject(new Problem(0, TIMED_OUT, ''));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    request.send(file);
  });
  return { answer, stop: () => request.abort() };
}
