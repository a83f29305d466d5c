/** The one picture that every part of a page reads; entries are folded in at once, told once per frame. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CameraHealth, Entry, Id, LiveValues, Picture, UnitFix } from '@/shared/wire/types';
import { EMPTY_PICTURE, fold } from './fold';

/** Hidden windows get no animation frames; they are told this late instead. */
const TELL_AT_LATEST_MS = 250;

export interface Situation {
  /** False until the first snapshot: then nothing shown may be taken for "there is none". */
  ready: boolean;
  picture: Picture;
  live: LiveValues;
}

export type Schedule = (tell: () => void) => void;

const onFrame: Schedule = (tell) => {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    tell();
  };
  requestAnimationFrame(once);
  setTimeout(once, TELL_AT_LATEST_MS);
};

export class SituationStore {
  readonly store = createStore<Situation>(() => ({
    ready: false,
    picture: EMPTY_PICTURE,
    live: {},
  }));
  private next: Situation = this.store.getState();
  private scheduled = false;

  constructor(private readonly schedule: Schedule = onFrame) {}

  snapshot(picture: Picture, live: LiveValues): void {
    // A section that a centre of an older version does not send is empty, not missing.
    this.change({ ready: true, picture: { ...EMPTY_PICTURE, ...picture }, live });
  }

  entry(entry: Entry): void {
    this.change({ ...this.next, picture: fold(this.next.picture, entry) });
  }

  /** Replace live values by key; null removes one. */
  values(values: Record<string, unknown>): void {
    const live = { ...this.next.live };
    for (const [key, value] of Object.entries(values)) {
      if (value === null) delete live[key];
      else live[key] = value;
    }
    this.change({ ...this.next, live });
  }

  /** What is known now, also before it is told to the screen. */
  get now(): Situation {
    return this.next;
  }

  private change(next: Situation): void {
    this.next = next;
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => {
      this.scheduled = false;
      this.store.setState(this.next);
    });
  }
}

export const situation = new SituationStore();

export function useSituation<T>(select: (situation: Situation) => T): T {
  return useStore(situation.store, select);
}

export const unitFix = (live: LiveValues, id: Id): UnitFix | undefined =>
  live[`unit:${id}`] as UnitFix | undefined;

export const cameraHealth = (live: LiveValues, id: Id): CameraHealth | undefined =>
  live[`camera:${id}`] as CameraHealth | undefined;
