/** Who is signed in: asked at the start of a page, changed by signing in and out. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { get, Problem, post, remove, setCsrfToken, whenSignedOut } from '@/shared/api/client';
import { setRights } from '@/shared/rights/rights';
import type { Session } from '@/shared/wire/answers';

const LOGIN = '/login';
const RETRY_MS = 2_000;

export const session = createStore<{ session: Session | null }>(() => ({ session: null }));

export function useSession(): Session | null {
  return useStore(session, (state) => state.session);
}

function keep(now: Session | null): void {
  setCsrfToken(now?.csrf_token ?? null);
  setRights(now?.permissions ?? []);
  session.setState({ session: now });
}

/** Ask who is signed in; null when nobody is. Throws when the centre does not answer. */
export async function loadSession(): Promise<Session | null> {
  try {
    const now = await get<Session>('/session');
    keep(now);
    return now;
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    keep(null);
    return null;
  }
}

/** Ask until the centre answers: a page opened while it restarts finds its way by itself. */
export async function loadSessionPatiently(whileWaiting: () => void): Promise<Session | null> {
  for (;;) {
    try {
      return await loadSession();
    } catch (error) {
      if (!(error instanceof Problem && error.mayRetry)) throw error;
      whileWaiting();
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
}

export async function signIn(username: string, password: string): Promise<Session> {
  const now = await post<Session>('/session', { username, password });
  keep(now);
  return now;
}

export async function signOut(): Promise<void> {
  try {
    await remove('/session');
  } finally {
    keep(null);
    location.assign(LOGIN);
  }
}

/** Leave for the sign-in page and come back to this one afterwards. */
export function goToLogin(): void {
  if (location.pathname === LOGIN) return;
  location.assign(`${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** From now on an answer 401 anywhere leads to the sign-in page. */
export function guardSession(): void {
  whenSignedOut(goToLogin);
}

const HOME: readonly (readonly [string, string])[] = [
  ['responder', '/field'],
  ['wall_operator', '/wall'],
  ['gis_officer', '/map'],
];
const CENTRE_ROLES = ['admin', 'supervisor', 'dispatcher', 'call_taker', 'auditor'];

/** The page a person starts at: the console for everybody of the centre. */
export function homeOf(roles: readonly string[]): string {
  if (CENTRE_ROLES.some((role) => roles.includes(role))) return '/console';
  return HOME.find(([role]) => roles.includes(role))?.[1] ?? '/console';
}

/** Where to go after signing in: only to an own page, never to another site. */
export function nextPage(search: string, roles: readonly string[]): string {
  const next = new URLSearchParams(search).get('next');
  const own = next !== null && /^\/(?![/\\])/.test(next) && next !== '/' && !next.startsWith(LOGIN);
  return own ? next : homeOf(roles);
}
