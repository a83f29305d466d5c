/** What the responder pressed and where they were, kept until the centre has it: in order, once each. */

import { Problem } from '@/shared/api/client';
import type { Time } from '@/shared/wire/types';

export type Lane = 'actions' | 'positions';

export interface Item {
  /** Idempotency key: the same for every try of this item. */
  key: string;
  lane: Lane;
  path: string;
  body: unknown;
  /** What to call it on screen: a status code, or "positions". */
  label: string;
  at: Time;
}

export interface Refused {
  item: Item;
  problem: Problem;
}

/** Where items survive a reload. */
export interface Shelf {
  load(): Promise<Item[]>;
  put(item: Item): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface OutboxState {
  waiting: readonly Item[];
  refused: readonly Refused[];
}

export const MOST_POSITION_ITEMS = 200;
export const MOST_REFUSED = 10;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MOST_MS = 15_000;

type Send = (item: Item) => Promise<unknown>;

export class Outbox {
  private items: Item[] = [];
  private refused: Refused[] = [];
  private readonly busy = new Set<Lane>();
  private readonly tries: Record<Lane, number> = { actions: 0, positions: 0 };
  /** Position items thrown away because the box was full. */
  dropped = 0;

  constructor(
    private readonly shelf: Shelf,
    private readonly send: Send,
    private readonly tell: (state: OutboxState) => void,
    private readonly later: (run: () => void, ms: number) => void = (run, ms) =>
      void setTimeout(run, ms),
  ) {}

  /** Take up what an earlier page left behind. */
  async open(): Promise<void> {
    const before = await this.shelf.load();
    this.items = [...before.filter((old) => !this.has(old.key)), ...this.items];
    this.changed();
    this.flush();
  }

  async add(item: Item): Promise<void> {
    this.items.push(item);
    this.changed();
    await this.shelf.put(item);
    await this.limitPositions();
    this.flush();
  }

  forget(key: string): void {
    this.refused = this.refused.filter((one) => one.item.key !== key);
    this.changed();
  }

  /** Try now: the network came back. */
  flush(): void {
    void this.drain('actions');
    void this.drain('positions');
  }

  private has(key: string): boolean {
    return this.items.some((item) => item.key === key);
  }

  private async limitPositions(): Promise<void> {
    const positions = this.items.filter((item) => item.lane === 'positions');
    const tooMany = Math.max(0, positions.length - MOST_POSITION_ITEMS);
    const oldest = positions.slice(1, tooMany + 1); // the first may be on its way
    for (const item of oldest) {
      this.dropped += 1;
      await this.finish(item);
    }
  }

  private async drain(lane: Lane): Promise<void> {
    if (this.busy.has(lane)) return;
    this.busy.add(lane);
    try {
      for (let item = this.first(lane); item !== undefined; item = this.first(lane)) {
        if (!(await this.sent(item))) return;
      }
    } finally {
      this.busy.delete(lane);
    }
  }

  private first(lane: Lane): Item | undefined {
    return this.items.find((item) => item.lane === lane);
  }

  /** True when the item is done with: accepted, or refused for good. */
  private async sent(item: Item): Promise<boolean> {
    try {
      await this.send(item);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.mayRetry || error.status === 401) return this.waitAndRetry(item.lane);
      if (item.lane === 'actions')
        this.refused = [...this.refused, { item, problem: error }].slice(-MOST_REFUSED);
    }
    this.tries[item.lane] = 0;
    await this.finish(item);
    return true;
  }

  private waitAndRetry(lane: Lane): false {
    const wait = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** this.tries[lane]);
    this.tries[lane] += 1;
    this.later(() => void this.drain(lane), wait);
    return false;
  }

  private async finish(item: Item): Promise<void> {
    this.items = this.items.filter((one) => one.key !== item.key);
    this.changed();
    await this.shelf.remove(item.key);
  }

  private changed(): void {
    this.tell({ waiting: [...this.items], refused: [...this.refused] });
  }
}
