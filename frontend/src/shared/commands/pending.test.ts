// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '@/shared/api/client';
import { attempt, confirm, FORGET_ANSWERED_MS, pending, run } from './pending';

const state = () => pending.getState();
const entry = (cause: string, subject: string, incident: string | null = null) => ({
  cause,
  subject,
  incident,
});

beforeEach(() => {
  vi.useFakeTimers();
  pending.setState({ running: [], rejected: [] });
});

describe('a command on its way', () => {
  it('is pending until it is answered and its entry is seen', async () => {
    await run({ name: 'assign', subjects: ['i1'], send: async () => 'ok' }, { key: 'k' });
    expect(state().running).toMatchObject([{ key: 'k', answered: true, seen: false }]);
    confirm(entry('k', 'u1'));
    expect(state().running).toEqual([]);
  });

  it('may see its entry before its answer', async () => {
    let answer: (value: string) => void = () => undefined;
    const sent = run(
      {
        name: 'note',
        subjects: ['i1'],
        send: () => new Promise<string>((done) => (answer = done)),
      },
      { key: 'k' },
    );
    confirm(entry('other', 'u1', 'i1'));
    expect(state().running).toMatchObject([{ seen: true, answered: false }]);
    answer('ok');
    await sent;
    expect(state().running).toEqual([]);
  });

  it('is not confirmed by an entry about something else', async () => {
    await run({ name: 'take', subjects: ['c1'], send: async () => 1 }, { key: 'k' });
    confirm(entry('other', 'c2'));
    expect(state().running).toHaveLength(1);
    vi.advanceTimersByTime(FORGET_ANSWERED_MS);
    expect(state().running).toEqual([]);
  });

  it('keeps the reason of a refusal and can be sent again', async () => {
    const send = vi
      .fn<(key: string) => Promise<string>>()
      .mockRejectedValueOnce(new Problem(0, 'timeout', ''))
      .mockResolvedValueOnce('ok');
    await attempt({ name: 'assign', subjects: ['i1'], send }, 'k');
    expect(state()).toMatchObject({ running: [], rejected: [{ key: 'k', name: 'assign' }] });
    state().rejected[0]?.retry();
    await vi.advanceTimersByTimeAsync(1);
    expect(state().rejected).toEqual([]);
    expect(send.mock.calls).toEqual([['k'], ['k']]);
  });

  it('takes a new key after a refusal by the centre', async () => {
    const send = vi
      .fn<(key: string) => Promise<string>>()
      .mockRejectedValue(new Problem(409, 'unit-not-available', ''));
    await attempt({ name: 'assign', subjects: ['i1'], send }, 'k');
    state().rejected[0]?.retry();
    await vi.advanceTimersByTimeAsync(1);
    expect(send.mock.calls[1]?.[0]).not.toBe('k');
  });

  it('lets a fault of our own through', async () => {
    const bug = async () => {
      throw new TypeError('bug');
    };
    await expect(attempt({ name: 'note', subjects: [], send: bug })).rejects.toThrow('bug');
    expect(state().rejected).toEqual([]);
  });
});
