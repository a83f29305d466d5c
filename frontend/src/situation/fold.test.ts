// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Entry, Picture } from '@/shared/wire/types';
import { fold, knownKinds } from './fold';

interface Golden {
  about: string;
  picture: Picture;
  entries: Entry[];
  after: Picture;
}

const GOLDEN = new URL('../../../tests/golden/', import.meta.url);
const EVENTS = new URL('../../../docs/events.md', import.meta.url);
const names = readdirSync(GOLDEN).filter((name) => name.endsWith('.json'));
const read = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8')) as Golden;

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

describe('the fold against the golden files that the Python fold is held to', () => {
  it.each(names)('%s', (name) => {
    const golden = frozen(read(name));
    expect(golden.entries.reduce(fold, golden.picture)).toEqual(golden.after);
  });
});

describe('the table of facts', () => {
  const documented = [...readFileSync(EVENTS, 'utf8').matchAll(/^\| `([a-z_.]+)` \|/gm)].map(
    (match) => match[1] as string,
  );

  it('knows exactly the kinds that docs/events.md lists', () => {
    expect(documented.length).toBeGreaterThan(30);
    expect(knownKinds().toSorted()).toEqual(documented.toSorted());
  });

  it('has a golden file for every kind', () => {
    expect(documented.filter((kind) => !names.includes(`${kind}.json`))).toEqual([]);
  });

  it('leaves the picture alone on a kind from a newer server', () => {
    const { picture, entries } = read('walk.json');
    expect(fold(picture, { ...(entries[0] as Entry), kind: 'unit.painted' })).toBe(picture);
  });

  it('keeps the identity of every shelf that an entry does not touch', () => {
    const { picture, entries } = read('call.taken.json');
    const after = fold(picture, entries[0] as Entry);
    expect(after.units).toBe(picture.units);
    expect(after.calls).not.toBe(picture.calls);
  });
});
