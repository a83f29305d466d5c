/** The responder's own side: the outbox, the tracker and the theme of this phone. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { Problem, post, UNREACHABLE } from '@/shared/api/client';
import { randomUuid } from '@/shared/api/uuid';
import { distanceM } from '@/shared/geo/shapes';
import { serverClock } from '@/shared/time/clock';
import type { Fix, Id, Time } from '@/shared/wire/types';
import { Outbox, type OutboxState } from './outbox';
import { openShelf } from './shelf';
import type { Step } from './steps';
import {
  MOVED_M,
  STILL_EVERY_MS,
  startTracking,
  type Tracker,
  type TrackingState,
} from './tracking';

export interface FieldState extends OutboxState {
  tracking: TrackingState;
  /** This phone's own newest fix, sent or not. */
  fix: Fix | null;
  /** False when the browser refuses storage: what waits is lost with the page. */
  lasting: boolean;
}

export const fieldStore = createStore<FieldState>(() => ({
  waiting: [],
  refused: [],
  tracking: 'off',
  fix: null,
  lasting: true,
}));

export function useField<T>(select: (state: FieldState) => T): T {
  return useStore(fieldStore, select);
}

let outbox: Outbox | null = null;
let opening: Promise<void> | null = null;
let signedIn = false;

/** Take up what waits; nothing is sent before the centre said who is signed in. */
export function openOutbox(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  const shelf = await openShelf();
  fieldStore.setState({ lasting: shelf.lasting });
  outbox = new Outbox(
    shelf,
    (item) =>
      signedIn
        ? post(item.path, item.body, { key: item.key })
        : Promise.reject(new Problem(0, UNREACHABLE, '')),
    (state) => fieldStore.setState(state),
  );
  window.addEventListener('online', () => outbox?.flush());
  await outbox.open();
}

/** Without the session's token the centre would refuse, and a refusal is for good. */
export function allowSending(): void {
  signedIn = true;
  outbox?.flush();
}

export const flushOutbox = (): void => outbox?.flush();
export const forgetRefused = (key: string): void => outbox?.forget(key);

/** The time of a press, by the centre's clock. */
const nowText = (): Time => new Date(serverClock.now()).toISOString() as Time;

export function pressStatus(unitId: Id, step: Step, why: object = {}): void {
  const at = nowText();
  void outbox?.add({
    key: randomUuid(),
    lane: 'actions',
    path: `/units/${unitId}/status`,
    body: { status: step, occurred_at: at, ...why },
    label: step,
    at,
  });
}

export function pressEmergency(unitId: Id): void {
  const { fix } = fieldStore.getState();
  const location = fix && {
    lon: fix.lon,
    lat: fix.lat,
    uncertainty_m: fix.accuracy_m ?? 100,
    confidence: 0.68,
  };
  void outbox?.add({
    key: randomUuid(),
    lane: 'actions',
    path: `/units/${unitId}/emergency`,
    body: location ? { location } : {},
    label: 'emergency',
    at: nowText(),
  });
}

/** Worth sending: moved, or long enough ago that silence would look like a lost unit. */
export function isNews(fix: Fix, last: Fix | null): boolean {
  if (last === null) return true;
  const waited = Date.parse(fix.occurred_at) - Date.parse(last.occurred_at);
  return distanceM(fix, last) >= MOVED_M || waited >= STILL_EVERY_MS;
}

let tracker: Tracker | null = null;

export function shareLocation(unitId: Id): void {
  tracker ??= startTracking({
    isNews,
    onFix: (fix) => fieldStore.setState({ fix }),
    onState: (tracking) => fieldStore.setState({ tracking }),
    onBatch: (fixes) =>
      void outbox?.add({
        key: randomUuid(),
        lane: 'positions',
        path: `/units/${unitId}/locations`,
        body: fixes,
        label: 'positions',
        at: nowText(),
      }),
  });
}

export function stopSharing(): void {
  tracker?.stop();
  tracker = null;
  fieldStore.setState({ tracking: 'off', fix: null });
}
