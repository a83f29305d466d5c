// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry, Picture, ServerFrame } from '@/shared/wire/types';
import {
  BACKOFF_MOST_MS,
  BEAT_EVERY_MS,
  backoff,
  DEAD_AFTER_MS,
  type Link,
  LiveClient,
  OPEN_WITHIN_MS,
  RESUMES_BEFORE_FRESH,
  type Socket,
} from './client';

class FakeSocket implements Socket {
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.isClosed = true;
  }
  hears(frame: ServerFrame | Partial<Entry>) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  get hellos() {
    return this.sent.filter((frame) => frame.type === 'hello');
  }
}

const AT = '2026-11-22T14:05:33.000Z';
const PICTURE: Picture = {
  calls: {},
  incidents: {},
  units: {},
  alarms: {},
  cameras: {},
  closures: {},
  layers: {},
  rules: {},
};
const snapshot = (seq: number): ServerFrame => ({
  type: 'snapshot',
  seq,
  at: AT,
  picture: PICTURE,
  live: {},
});
const entry = (seq: number, after: number) => ({ type: 'entry', seq, after, kind: 'x' }) as Entry;
const beat = (seq: number, degraded: string[] = []): ServerFrame => ({
  type: 'beat',
  at: AT,
  seq,
  degraded,
});

let sockets: FakeSocket[];
let applied: number[];
let snapshots: number;
let link: Link;
let ended: string[];
let client: LiveClient;
const last = () => sockets[sockets.length - 1] as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(AT) });
  sockets = [];
  applied = [];
  ended = [];
  snapshots = 0;
  client = new LiveClient(
    {
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      now: () => Date.now(),
      random: () => 1,
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
    {
      snapshot: () => {
        snapshots += 1;
      },
      entry: (one) => applied.push(one.seq),
      live: () => undefined,
      beat: () => undefined,
      link: (now) => {
        link = now;
      },
      ended: (reason) => ended.push(reason),
    },
  );
});

function connect(seq = 10): FakeSocket {
  client.start();
  last().onopen?.();
  last().hears(snapshot(seq));
  return last();
}

describe('hello and beats', () => {
  it('says hello first, without resume, and takes the snapshot', () => {
    const socket = connect(10);
    expect(socket.sent[0]).toEqual({ type: 'hello', protocol: 1, resume: null });
    expect([client.seq, snapshots, link.open]).toEqual([10, 1, true]);
  });

  it('beats every two seconds', () => {
    const socket = connect();
    for (let second = 0; second < 3; second += 1) {
      vi.advanceTimersByTime(BEAT_EVERY_MS);
      socket.hears(beat(10));
    }
    expect(socket.sent.filter((frame) => frame.type === 'beat')).toHaveLength(3);
  });

  it('moves its position forward with the beat', () => {
    const socket = connect(10);
    socket.hears(beat(15));
    socket.hears(entry(16, 15));
    expect([applied, client.seq]).toEqual([[16], 16]);
    expect(socket.hellos).toHaveLength(1);
  });
});

describe('entries', () => {
  it('applies entries whose after is its own position, also where seqs jump', () => {
    const socket = connect(10);
    socket.hears(entry(11, 10));
    socket.hears(entry(19, 11));
    expect([applied, client.seq]).toEqual([[11, 19], 19]);
  });

  it('says hello again with its own seq on a hole, and ignores entries until the answer', () => {
    const socket = connect(10);
    socket.hears(entry(13, 12));
    socket.hears(entry(14, 13));
    socket.hears(beat(14));
    expect(applied).toEqual([]);
    expect(socket.hellos[1]).toEqual({ type: 'hello', protocol: 1, resume: 10 });
    expect(socket.hellos).toHaveLength(2);
    socket.hears({ type: 'resumed', seq: 15, count: 3 });
    for (const [seq, after] of [
      [11, 10],
      [12, 11],
      [14, 12],
    ])
      socket.hears(entry(seq as number, after as number));
    expect([applied, client.seq]).toEqual([[11, 12, 14], 15]);
    socket.hears(entry(16, 15));
    expect(applied).toEqual([11, 12, 14, 16]);
  });

  it('applies an entry that is told twice once', () => {
    const socket = connect(10);
    socket.hears(entry(11, 10));
    socket.hears(entry(11, 10));
    expect(applied).toEqual([11]);
    expect(socket.hellos).toHaveLength(1);
  });

  it('asks for a fresh snapshot when resuming does not close the hole', () => {
    const socket = connect(10);
    for (let time = 0; time <= RESUMES_BEFORE_FRESH; time += 1) {
      socket.hears({ type: 'resumed', seq: 20, count: 2 });
      socket.hears(entry(18, 17));
    }
    expect(socket.hellos.at(-1)).toEqual({ type: 'hello', protocol: 1, resume: null });
    socket.hears(snapshot(20));
    expect([client.seq, snapshots]).toEqual([20, 2]);
  });

  it('takes a snapshot that comes unasked', () => {
    const socket = connect(10);
    socket.hears(snapshot(30));
    socket.hears(entry(31, 30));
    expect([snapshots, applied]).toEqual([2, [31]]);
  });
});

describe('losing the link', () => {
  it('sees a silent server within five seconds and half a watch', () => {
    const socket = connect();
    vi.advanceTimersByTime(DEAD_AFTER_MS + 500);
    expect(socket.isClosed).toBe(true);
    expect(link.open).toBe(false);
  });

  it('reconnects and resumes from its own seq, telling how many changes came', () => {
    const socket = connect(10);
    socket.hears(entry(11, 10));
    socket.onclose?.({ code: 1006, reason: '' });
    expect(link.open).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(sockets).toHaveLength(2);
    last().onopen?.();
    expect(last().hellos[0]).toEqual({ type: 'hello', protocol: 1, resume: 11 });
    last().hears({ type: 'resumed', seq: 40, count: 0 });
    expect([client.seq, link.resumed?.count, link.triesInARow]).toEqual([40, 0, 0]);
  });

  it('gives up a connect that hangs', () => {
    client.start();
    vi.advanceTimersByTime(OPEN_WITHIN_MS);
    expect(sockets[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(BACKOFF_MOST_MS);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('does not wait for the backoff when told that the network is back', () => {
    const socket = connect();
    socket.onclose?.({ code: 1006, reason: '' });
    client.retryNow();
    expect(sockets).toHaveLength(2);
  });

  it('hears nothing from a socket it has given up', () => {
    const socket = connect(10);
    socket.hears({ type: 'bye', reason: 'slow' });
    socket.hears(entry(11, 10));
    expect([applied, link.open]).toEqual([[], false]);
  });

  it.each(['expired', 'forbidden'])('does not reconnect after bye %s', (reason) => {
    const socket = connect();
    socket.hears({ type: 'bye', reason });
    vi.advanceTimersByTime(60_000);
    expect([ended, sockets.length]).toEqual([[reason], 1]);
  });

  it('sends positions only while it follows', () => {
    client.start();
    expect(client.sendPositions('1', 'u', [])).toBe(false);
    last().onopen?.();
    last().hears(snapshot(1));
    expect(client.sendPositions('1', 'u', [{ lon: 1, lat: 2 }])).toBe(true);
    expect(last().sent.at(-1)).toMatchObject({ type: 'positions', id: '1', unit: 'u' });
  });
});

describe('backoff', () => {
  it('lies between 0.5 and 5 s and grows', () => {
    expect(backoff(1, 0)).toBe(500);
    expect(backoff(1, 1)).toBe(1_000);
    expect(backoff(3, 1)).toBe(4_000);
    expect(backoff(30, 1)).toBe(BACKOFF_MOST_MS);
  });
});
