/** What the top bar says about the link: pure, from when the server was last heard. */

import type { Link } from '@/shared/live/client';

export const STALE_AFTER_MS = 5_000;
export const LOST_AFTER_MS = 15_000;
export const SHOW_RESUMED_MS = 3_000;

export type LinkState = 'connecting' | 'live' | 'stale' | 'reconnecting' | 'lost';

export interface LinkStatus {
  state: LinkState;
  /** Age in ms of what the screen shows: since the server was last heard. */
  ageMs: number;
  /** How many changes the last resume brought, while that is worth showing. */
  resumedCount: number | null;
}

export function linkStatus(link: Link, now: number): LinkStatus {
  if (link.heardAt === null) return { state: 'connecting', ageMs: 0, resumedCount: null };
  const ageMs = Math.max(0, now - link.heardAt);
  const shows = link.resumed !== null && now - link.resumed.at < SHOW_RESUMED_MS;
  return {
    state: stateOf(link.open, ageMs),
    ageMs,
    resumedCount: shows && link.resumed ? link.resumed.count : null,
  };
}

function stateOf(open: boolean, ageMs: number): LinkState {
  if (ageMs >= LOST_AFTER_MS) return 'lost';
  if (!open) return 'reconnecting';
  return ageMs >= STALE_AFTER_MS ? 'stale' : 'live';
}
