/** Sharing one's position: the browser's fixes, thinned, in batches that survive being offline. */

import type { Fix, Time } from '@/shared/wire/types';

export const BATCH_EVERY_MS = 5_000;
export const STILL_EVERY_MS = 30_000;
export const MOVED_M = 10;
const GIVE_UP_MS = 30_000;

export interface Raw {
  coords: {
    latitude: number;
    longitude: number;
    accuracy: number;
    speed: number | null;
    heading: number | null;
  };
  timestamp: number;
}

export function toFix({ coords, timestamp }: Raw): Fix {
  return {
    lon: coords.longitude,
    lat: coords.latitude,
    occurred_at: new Date(timestamp).toISOString() as Time,
    accuracy_m: coords.accuracy,
    ...(finite(coords.speed) ? { speed_mps: coords.speed } : {}),
    ...(finite(coords.heading) ? { heading_deg: coords.heading } : {}),
  };
}

function finite(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

export type TrackingState = 'off' | 'waiting' | 'on' | 'denied' | 'unavailable';

export interface Tracker {
  stop: () => void;
}

interface TrackerOptions {
  onBatch: (fixes: Fix[]) => void;
  onFix: (fix: Fix) => void;
  onState: (state: TrackingState) => void;
  /** Whether `fix` tells something new after `last`. */
  isNews: (fix: Fix, last: Fix | null) => boolean;
}

/** Watch the position and hand over a batch every few seconds; needs a page that is visible. */
export function startTracking(options: TrackerOptions): Tracker {
  if (!('geolocation' in navigator)) {
    options.onState('unavailable');
    return { stop: () => undefined };
  }
  let batch: Fix[] = [];
  let last: Fix | null = null;
  options.onState('waiting');
  const watch = navigator.geolocation.watchPosition(
    (raw) => {
      const fix = toFix(raw);
      options.onState('on');
      options.onFix(fix);
      if (!options.isNews(fix, last)) return;
      last = fix;
      batch.push(fix);
    },
    ({ code, PERMISSION_DENIED }) =>
      options.onState(code === PERMISSION_DENIED ? 'denied' : 'unavailable'),
    { enableHighAccuracy: true, timeout: GIVE_UP_MS, maximumAge: 2_000 },
  );
  const timer = setInterval(() => {
    if (batch.length === 0) return;
    options.onBatch(batch);
    batch = [];
  }, BATCH_EVERY_MS);
  return {
    stop: () => {
      navigator.geolocation.clearWatch(watch);
      clearInterval(timer);
    },
  };
}
