// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem, UNREACHABLE } from '@/shared/api/client';
import { type Item, MOST_POSITION_ITEMS, Outbox, type OutboxState, type Shelf } from './outbox';

class MemoryShelf implements Shelf {
  items = new Map<string, Item>();
  load = async () => [...this.items.values()];
  put = async (item: Item) => void this.items.set(item.key, item);
  remove = async (key: string) => void this.items.delete(key);
}

const AT = '2026-11-22T14:00:00.000Z';
const item = (key: string, lane: Item['lane'] = 'actions'): Item => ({
  key,
  lane,
  path: `/units/u/${lane}`,
  body: {},
  label: key,
  at: AT,
});
const offline = new Problem(0, UNREACHABLE, '');

let shelf: MemoryShelf;
let state: OutboxState;
let retries: (() => void)[];
let send: ReturnType<typeof vi.fn<(item: Item) => Promise<unknown>>>;
const outbox = () =>
  new Outbox(
    shelf,
    send,
    (now) => (state = now),
    (run) => void retries.push(run),
  );
const settled = () => new Promise((done) => setTimeout(done, 0));
const sentKeys = () => send.mock.calls.map(([one]) => one.key);

beforeEach(() => {
  shelf = new MemoryShelf();
  retries = [];
  send = vi.fn(async () => undefined);
});

describe('the outbox', () => {
  it('sends at once and forgets what the centre has', async () => {
    await outbox().add(item('a'));
    await settled();
    expect([sentKeys(), state.waiting, shelf.items.size]).toEqual([['a'], [], 0]);
  });

  it('keeps presses while offline and sends them in order, each with its own key', async () => {
    send.mockRejectedValue(offline);
    const box = outbox();
    for (const key of ['a', 'b', 'c']) await box.add(item(key));
    await settled();
    send.mockReset();
    send.mockResolvedValue(undefined);
    for (const retry of retries) retry();
    await settled();
    expect(sentKeys()).toEqual(['a', 'b', 'c']);
    expect(state.waiting).toEqual([]);
  });

  it('never overtakes: nothing later is sent while the first waits', async () => {
    send.mockRejectedValue(offline);
    const box = outbox();
    await box.add(item('a'));
    await box.add(item('b'));
    await settled();
    expect(new Set(sentKeys())).toEqual(new Set(['a']));
    expect(state.waiting.map((one) => one.key)).toEqual(['a', 'b']);
  });

  it('sends what an earlier page left behind', async () => {
    shelf.items.set('old', item('old'));
    await outbox().open();
    await settled();
    expect([sentKeys(), shelf.items.size]).toEqual([['old'], 0]);
  });

  it('shows what the centre refused and goes on with the next', async () => {
    send.mockRejectedValueOnce(new Problem(409, 'conflict', 'already released'));
    const box = outbox();
    await box.add(item('a'));
    await box.add(item('b'));
    await settled();
    expect(sentKeys()).toEqual(['a', 'b']);
    expect(state.refused).toMatchObject([{ item: { key: 'a' }, problem: { code: 'conflict' } }]);
    box.forget('a');
    expect(state.refused).toEqual([]);
  });

  it('keeps everything when the session is over, for after signing in again', async () => {
    send.mockRejectedValue(new Problem(401, 'unauthenticated', ''));
    await outbox().add(item('a'));
    await settled();
    expect(state.waiting).toHaveLength(1);
    expect(shelf.items.size).toBe(1);
  });

  it('lets positions not hold up a status, nor the other way round', async () => {
    send.mockImplementation(async (one) => {
      if (one.lane === 'positions') throw offline;
    });
    const box = outbox();
    await box.add(item('p', 'positions'));
    await box.add(item('a'));
    await settled();
    expect(sentKeys()).toContain('a');
    expect(state.waiting.map((one) => one.key)).toEqual(['p']);
  });

  it('throws the oldest positions away when it is full, never a press', async () => {
    send.mockRejectedValue(offline);
    const box = outbox();
    await box.add(item('a'));
    for (let n = 0; n < MOST_POSITION_ITEMS + 5; n += 1) await box.add(item(`p${n}`, 'positions'));
    expect(state.waiting.filter((one) => one.lane === 'positions')).toHaveLength(
      MOST_POSITION_ITEMS,
    );
    expect(state.waiting[0]?.key).toBe('a');
    expect(box.dropped).toBe(5);
  });
});
