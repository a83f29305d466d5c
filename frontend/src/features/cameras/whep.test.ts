// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { FIRST_FRAME_WITHIN_MS, FROZEN_AFTER_MS, judge, RESTART_AFTER_MS } from './whep';

const START = 100_000;

describe('a live picture', () => {
  it.each([
    ['waits for its first frame', null, FIRST_FRAME_WITHIN_MS, 'fine'],
    ['is lost when none comes', null, FIRST_FRAME_WITHIN_MS + 1, 'lost'],
    ['does not count a frame of the connection before', -500, FIRST_FRAME_WITHIN_MS + 1, 'lost'],
    ['is fine while frames come', 5_000, 5_000 + FROZEN_AFTER_MS, 'fine'],
    ['is frozen after three seconds without a frame', 5_000, 5_001 + FROZEN_AFTER_MS, 'frozen'],
    ['is fetched anew when it stays frozen', 5_000, 5_001 + RESTART_AFTER_MS, 'lost'],
  ] as const)('%s', (_, lastFrame, now, verdict) => {
    expect(judge(START, lastFrame === null ? null : START + lastFrame, START + now)).toBe(verdict);
  });
});
