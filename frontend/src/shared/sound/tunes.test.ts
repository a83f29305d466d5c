// @vitest-environment node
import { expect, it } from 'vitest';
import { volumeOf } from './player';
import { type Hearable, type Heard, nextTune, SILENCE } from './tunes';

const QUIET: Hearable = { emergencies: 0, raised: [], waiting: [], lost: false };

/** The tunes of a row of moments, each [ms, what is there]. */
function listen(...moments: [number, Partial<Hearable>][]) {
  let heard: Heard = SILENCE;
  return moments.map(([at, part]) => {
    const [tune, after] = nextTune({ ...QUIET, ...part }, heard, at);
    heard = after;
    return tune;
  });
}

it('repeats an emergency until somebody acknowledges it, above everything else', () => {
  const danger = { emergencies: 1, raised: [{ id: 'a', priority: 1 }], waiting: ['c'] };
  expect(listen([0, danger], [1_000, danger], [2_500, danger], [3_000, QUIET])).toEqual([
    'emergency',
    null,
    'emergency',
    null,
  ]);
});

it('repeats a P1 alarm every five seconds until it is acknowledged', () => {
  const alarm = { raised: [{ id: 'a', priority: 1 }] };
  expect(listen([0, alarm], [4_999, alarm], [5_000, alarm], [9_000, QUIET])).toEqual([
    'critical',
    null,
    'critical',
    null,
  ]);
});

it('sounds a P2 alarm and a call once, and not for what was there when the page opened', () => {
  const old = { raised: [{ id: 'a', priority: 2 }], waiting: ['c'] };
  expect(
    listen(
      [0, old],
      [1_000, { ...old, waiting: ['c', 'd'] }],
      [20_000, { raised: [...old.raised, { id: 'b', priority: 2 }], waiting: ['c', 'd'] }],
      [21_000, { raised: [...old.raised, { id: 'b', priority: 2 }], waiting: ['c', 'd'] }],
    ),
  ).toEqual([null, 'call', 'serious', null]);
});

it('lets one tone stand for a flood', () => {
  const raised = (count: number) => ({
    raised: Array.from({ length: count }, (_, id) => ({ id: `a${id}`, priority: 2 })),
  });
  const moments = Array.from({ length: 9 }, (_, step) => [step * 1_000, raised(step)] as const);
  const tunes = listen(...moments.map(([at, part]) => [at, part] as [number, typeof part]));
  expect(tunes.filter((tune) => tune === 'serious')).toHaveLength(1);
});

it('says once that the centre is lost', () => {
  expect(listen([0, QUIET], [1_000, { lost: true }], [2_000, { lost: true }])).toEqual([
    null,
    'lost',
    null,
  ]);
});

it('cannot be turned down below what must be heard', () => {
  expect([volumeOf('emergency', 0), volumeOf('critical', 0), volumeOf('serious', 0)]).toEqual([
    1, 0.4, 0,
  ]);
});
