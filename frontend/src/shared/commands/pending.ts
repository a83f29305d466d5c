/** Commands on their way: sent, then answered, gone when their entry is seen; a rejected one says why. */

import { createStore } from 'zustand/vanilla';
import { Problem } from '@/shared/api/client';
import { randomUuid } from '@/shared/api/uuid';
import type { Entry, Id } from '@/shared/wire/types';

export const UNCONFIRMED_AFTER_MS = 3_000;
/** After an answer without an entry (a repeat of what was already so) the mark goes by itself. */
export const FORGET_ANSWERED_MS = 10_000;
const MOST_REJECTED = 5;

export type CommandName =
  | 'assign'
  | 'release'
  | 'status'
  | 'change'
  | 'note'
  | 'close'
  | 'merge'
  | 'open'
  | 'take'
  | 'locate'
  | 'link'
  | 'receive'
  | 'acknowledge'
  | 'verify'
  | 'dismiss'
  | 'emergency'
  | 'closeRoad'
  | 'changeClosure'
  | 'openRoad'
  | 'reportPlace'
  | 'layer'
  | 'localName'
  | 'settleReport'
  | 'takeOver'
  | 'giveBack'
  | 'hangUp'
  | 'editCall'
  | 'fix'
  | 'callBack'
  | 'code'
  | 'interview'
  | 'witnesses'
  | 'split'
  | 'unmerge'
  | 'reopen'
  | 'links'
  | 'owner'
  | 'handOver'
  | 'major'
  | 'attach'
  | 'premise'
  | 'signOn'
  | 'signOff'
  | 'proposal'
  | 'welfare'
  | 'crossStaff'
  | 'shelve'
  | 'unshelve';

export interface Pending {
  key: string;
  name: CommandName;
  /** Ids of what it is about: those rows wear the pending mark. */
  subjects: readonly Id[];
  startedAt: number;
  answered: boolean;
  seen: boolean;
}

export interface Rejected {
  key: string;
  name: CommandName;
  problem: Problem;
  retry: () => void;
}

export const pending = createStore<{
  running: readonly Pending[];
  rejected: readonly Rejected[];
}>(() => ({ running: [], rejected: [] }));

export interface Command<T> {
  name: CommandName;
  subjects: readonly Id[];
  send: (key: string) => Promise<T>;
}

export interface RunOptions {
  key?: string | undefined;
  /** A refusal that the caller answers in its own place is not listed among the rejected. */
  expected?: (problem: Problem) => boolean;
}

/** Send once and show it as pending; a failure is kept with its reason and throws as well. */
export async function run<T>(command: Command<T>, options: RunOptions = {}): Promise<T> {
  const { key = randomUuid(), expected = () => false } = options;
  begin(command, key);
  try {
    const answer = await command.send(key);
    update(key, { answered: true });
    setTimeout(() => end(key), FORGET_ANSWERED_MS);
    return answer;
  } catch (error) {
    end(key);
    if (error instanceof Problem && !expected(error)) reject(command, key, error);
    throw error;
  }
}

/** The same for buttons and keys that show a failure nowhere else: never throws a Problem. */
export async function attempt<T>(command: Command<T>, key?: string): Promise<T | undefined> {
  try {
    return await run(command, { key });
  } catch (error) {
    if (error instanceof Problem) return undefined; // shown with its reason among the rejected
    throw error;
  }
}

/** Let an arrived entry confirm what it was caused by, or what is about its subject. */
export function confirm(entry: Pick<Entry, 'cause' | 'subject' | 'incident'>): void {
  const { running } = pending.getState();
  for (const one of running) {
    const about =
      one.subjects.includes(entry.subject) ||
      (entry.incident !== null && one.subjects.includes(entry.incident));
    if (one.key === entry.cause || about) update(one.key, { seen: true });
  }
}

export function dismissRejected(key: string): void {
  pending.setState(({ rejected }) => ({ rejected: rejected.filter((one) => one.key !== key) }));
}

function begin({ name, subjects }: Command<unknown>, key: string): void {
  dismissRejected(key);
  const one = { key, name, subjects, startedAt: Date.now(), answered: false, seen: false };
  pending.setState(({ running }) => ({ running: [...running, one] }));
}

function update(key: string, part: Partial<Pending>): void {
  pending.setState(({ running }) => ({
    running: running
      .map((one) => (one.key === key ? { ...one, ...part } : one))
      .filter((one) => !(one.answered && one.seen)),
  }));
}

function end(key: string): void {
  pending.setState(({ running }) => ({ running: running.filter((one) => one.key !== key) }));
}

function reject(command: Command<unknown>, key: string, problem: Problem): void {
  // The same key makes a repeat safe when the answer was lost; after a refusal a new try is a new command.
  const retry = () => void attempt(command, problem.mayRetry ? key : randomUuid());
  const one: Rejected = { key, name: command.name, problem, retry };
  pending.setState(({ rejected }) => ({ rejected: [...rejected, one].slice(-MOST_REJECTED) }));
}
