// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { linkStatus } from './status';

const link = (open: boolean, heardAt: number | null) => ({
  open,
  heardAt,
  resumed: null,
  triesInARow: 0,
});

describe('the state of the link in words', () => {
  it.each([
    [false, null, 'connecting'],
    [true, 100_000, 'live'],
    [true, 95_001, 'live'],
    [true, 95_000, 'stale'],
    [true, 85_000, 'lost'],
    [false, 99_000, 'reconnecting'],
    [false, 84_000, 'lost'],
  ] as const)('open %s, last heard at %s of 100000 -> %s', (open, heardAt, state) => {
    expect(linkStatus(link(open, heardAt), 100_000).state).toBe(state);
  });

  it('shows the resumed count for three seconds', () => {
    const resumed = { ...link(true, 100_000), resumed: { count: 42, at: 98_000 } };
    expect(linkStatus(resumed, 100_000).resumedCount).toBe(42);
    expect(linkStatus(resumed, 101_000).resumedCount).toBeNull();
  });
});
