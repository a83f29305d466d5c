/** The console's WebSocket as docs/protocol.md asks: hello, resume, beats, one recovery path. */

import type { Entry, LiveValues, Picture, ServerFrame } from '@/shared/wire/types';

export const PROTOCOL = 1;
export const BEAT_EVERY_MS = 2_000;
export const DEAD_AFTER_MS = 5_000;
export const WATCH_EVERY_MS = 500;
export const OPEN_WITHIN_MS = 5_000;
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MOST_MS = 5_000;
/** Re-hellos without one entry applied between them, after which a whole snapshot is asked for. */
export const RESUMES_BEFORE_FRESH = 3;

/** Close reasons after which trying again cannot help: the person must sign in again. */
const FINAL_REASONS = new Set(['expired', 'forbidden']);

export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

export interface Environment {
  openSocket(): Socket;
  now(): number;
  random(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface Handlers {
  snapshot(picture: Picture, live: LiveValues): void;
  entry(entry: Entry): void;
  live(values: Record<string, unknown>): void;
  /** The server's clock in ms, and what does not answer on its side (null: not said). */
  beat(serverAt: number, degraded: string[] | null): void;
  link(link: Link): void;
  /** The session is over (`expired`, `forbidden`): sign in again. */
  ended(reason: string): void;
  /** A try to connect failed; the page may ask over HTTP whether it is still signed in. */
  failed?(triesInARow: number): void;
  positionsAnswer?(answer: Extract<ServerFrame, { type: 'positions_answer' }>): void;
}

export interface Link {
  open: boolean;
  /** When the server was last heard, by the local clock; null before the first time. */
  heardAt: number | null;
  /** The last successful resume: how many entries were made up for. */
  resumed: { count: number; at: number } | null;
  triesInARow: number;
}

type Phase = 'idle' | 'opening' | 'awaiting' | 'replaying' | 'following';

export class LiveClient {
  private socket: Socket | null = null;
  private phase: Phase = 'idle';
  private position: number | null = null;
  private replay = { until: 0, left: 0 };
  private resumesInARow = 0;
  private link: Link = { open: false, heardAt: null, resumed: null, triesInARow: 0 };
  private timers = new Map<string, unknown>();

  constructor(
    private readonly environment: Environment,
    private readonly handlers: Handlers,
  ) {}

  /** The seq of the last entry applied, null before the first snapshot. */
  get seq(): number | null {
    return this.position;
  }

  start(): void {
    if (this.phase === 'idle' && !this.timers.has('retry')) this.open();
  }

  /** Close for good; `start` begins again and resumes. */
  stop(): void {
    this.abandon();
    for (const name of [...this.timers.keys()]) this.cancel(name);
    this.phase = 'idle';
    this.tell({ open: false });
  }

  /** Try at once instead of waiting for the backoff (the network came back, the tab woke). */
  retryNow(): void {
    if (this.timers.has('retry')) {
      this.cancel('retry');
      this.open();
    } else if (this.phase !== 'idle') this.watch();
  }

  sendPositions(id: string, unit: string, fixes: readonly object[]): boolean {
    if (this.phase !== 'following') return false;
    this.send({ type: 'positions', id, unit, fixes });
    return true;
  }

  private open(): void {
    this.phase = 'opening';
    const socket = this.environment.openSocket();
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event) => this.heard(socket, event.data);
    socket.onclose = (event) => this.closed(socket, event.reason);
    socket.onerror = () => undefined; // a close event always follows
    this.later('open', OPEN_WITHIN_MS, () => this.lose());
  }

  private opened(socket: Socket): void {
    if (socket !== this.socket) return;
    this.cancel('open');
    this.tell({ open: true, heardAt: this.environment.now() });
    this.hello(this.position);
    this.beatAgain();
    this.watchAgain();
  }

  private hello(resume: number | null): void {
    this.phase = 'awaiting';
    this.send({ type: 'hello', protocol: PROTOCOL, resume });
  }

  private beatAgain(): void {
    this.later('beat', BEAT_EVERY_MS, () => {
      this.send({ type: 'beat' });
      this.beatAgain();
    });
  }

  private watchAgain(): void {
    this.later('watch', WATCH_EVERY_MS, () => {
      this.watch();
      if (this.socket !== null) this.watchAgain();
    });
  }

  private watch(): void {
    const { heardAt, open } = this.link;
    if (open && heardAt !== null && this.environment.now() - heardAt >= DEAD_AFTER_MS) this.lose();
  }

  /** Give up this socket without waiting for its close event: a dead link may never send one. */
  private lose(): void {
    this.abandon();
    this.reconnect();
  }

  private abandon(): void {
    const socket = this.socket;
    this.socket = null;
    for (const name of ['open', 'beat', 'watch']) this.cancel(name);
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private closed(socket: Socket, reason: string): void {
    if (socket !== this.socket) return;
    if (FINAL_REASONS.has(reason)) this.end(reason);
    else this.lose();
  }

  private end(reason: string): void {
    this.stop();
    this.handlers.ended(reason);
  }

  private reconnect(): void {
    this.phase = 'idle';
    const tries = this.link.triesInARow + 1;
    this.tell({ open: false, triesInARow: tries });
    this.handlers.failed?.(tries);
    this.later('retry', backoff(tries, this.environment.random()), () => this.open());
  }

  private heard(socket: Socket, data: unknown): void {
    if (socket !== this.socket) return;
    this.tell({ heardAt: this.environment.now() });
    const frame = parsed(data);
    if (frame === null) this.lose();
    else this.receive(frame);
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'snapshot':
        return this.snapshot(frame);
      case 'resumed':
        return this.resumed(frame);
      case 'entry':
        return this.entry(frame);
      case 'live':
        return this.handlers.live(frame.values);
      case 'beat':
        return this.beat(frame);
      case 'positions_answer':
        return this.handlers.positionsAnswer?.(frame);
      case 'bye':
        if (FINAL_REASONS.has(frame.reason)) this.end(frame.reason);
        else this.lose();
        return;
    }
  }

  private snapshot(frame: Extract<ServerFrame, { type: 'snapshot' }>): void {
    this.position = frame.seq;
    this.resumesInARow = 0;
    this.phase = 'following';
    this.tell({ triesInARow: 0 });
    this.handlers.beat(Date.parse(frame.at), null);
    this.handlers.snapshot(frame.picture, frame.live);
  }

  private resumed(frame: Extract<ServerFrame, { type: 'resumed' }>): void {
    this.replay = { until: frame.seq, left: frame.count };
    this.phase = 'replaying';
    this.tell({
      triesInARow: 0,
      resumed: { count: frame.count, at: this.environment.now() },
    });
    this.endReplayWhenDone();
  }

  private endReplayWhenDone(): void {
    if (this.phase !== 'replaying' || this.replay.left > 0) return;
    this.advance(this.replay.until);
    this.phase = 'following';
  }

  private advance(seq: number): void {
    this.position = Math.max(this.position ?? seq, seq);
  }

  private entry(entry: Entry): void {
    if (this.phase !== 'replaying' && this.phase !== 'following') return;
    if (this.position !== null && entry.seq <= this.position) return;
    if (entry.after !== this.position) return this.recover();
    this.position = entry.seq;
    this.resumesInARow = 0;
    this.handlers.entry(entry);
    if (this.phase === 'replaying') {
      this.replay.left -= 1;
      this.endReplayWhenDone();
    }
  }

  /** There is a hole before this entry: ask for what is missing, or for everything when that fails. */
  private recover(): void {
    this.resumesInARow += 1;
    this.hello(this.resumesInARow > RESUMES_BEFORE_FRESH ? null : this.position);
  }

  private beat(frame: Extract<ServerFrame, { type: 'beat' }>): void {
    this.handlers.beat(Date.parse(frame.at), frame.degraded);
    if (this.phase === 'following') this.advance(frame.seq);
  }

  private send(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private tell(part: Partial<Link>): void {
    this.link = { ...this.link, ...part };
    this.handlers.link(this.link);
  }

  private later(name: string, ms: number, run: () => void): void {
    this.cancel(name);
    const handle = this.environment.setTimeout(() => {
      this.timers.delete(name);
      run();
    }, ms);
    this.timers.set(name, handle);
  }

  private cancel(name: string): void {
    if (this.timers.has(name)) this.environment.clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

function parsed(data: unknown): ServerFrame | null {
  try {
    return JSON.parse(String(data)) as ServerFrame;
  } catch {
    return null; // a broken frame means a broken link: the caller reconnects and resumes
  }
}

/** Wait in ms before try number `tries` (1-based): doubling from 0.5 s to 5 s, jittered downwards. */
export function backoff(tries: number, random: number): number {
  const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** tries);
  return BACKOFF_FIRST_MS + random * (most - BACKOFF_FIRST_MS);
}
