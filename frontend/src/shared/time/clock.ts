/** The server's time as this screen knows it, and the one ticker that all running numbers share. */

const OFFSETS_KEPT = 8;
const TICK_MS = 1_000;

/** Ages count with the server's clock: offset = beat.at - local time, the least delayed of the last few. */
export class ServerClock {
  private offsets: number[] = [];

  hear(serverAt: number, localNow: number): void {
    this.offsets = [...this.offsets, serverAt - localNow].slice(-OFFSETS_KEPT);
  }

  get offsetMs(): number {
    return this.offsets.length === 0 ? 0 : Math.max(...this.offsets);
  }

  now(localNow: number = Date.now()): number {
    return localNow + this.offsetMs;
  }
}

export const serverClock = new ServerClock();

const listeners = new Set<() => void>();
let handle: ReturnType<typeof setInterval> | null = null;
let tick = 0;

/** Call `listener` once a second while anybody listens. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  handle ??= setInterval(beat, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && handle !== null) {
      clearInterval(handle);
      handle = null;
    }
  };
}

function beat(): void {
  tick += 1;
  for (const listener of [...listeners]) listener();
}

export const currentTick = (): number => tick;
