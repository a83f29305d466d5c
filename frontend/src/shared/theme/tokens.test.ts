// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast } from '@/shared/testing/contrast';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const TEXT_AT_LEAST = 4.5;
const TONES = ['critical', 'serious', 'caution', 'normal', 'standby', 'off'];

function tokensOf(theme: string): Map<string, string> {
  const start = css.search(new RegExp(`\\[data-theme=.${theme}.\\] \\{`));
  const block = css.slice(start).match(/\{([^}]*)\}/)?.[1] ?? '';
  const found = block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6})/g);
  return new Map([...found].map(([, name, value]) => [name, value] as [string, string]));
}

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const of = (name: string) => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`no token --${name}`);
    return value;
  };
  const tooLow = (names: readonly string[], grounds: readonly string[]) =>
    names.flatMap((name) =>
      grounds
        .filter((ground) => contrast(of(name), of(ground)) < TEXT_AT_LEAST)
        .map((ground) => `${name} on ${ground}: ${contrast(of(name), of(ground)).toFixed(2)}`),
    );

  it('keeps the status colours readable on every row', () => {
    const names = TONES.map((tone) => `st-${tone}`);
    expect(tooLow(names, ['bg-0', 'bg-1', 'sel-row'])).toEqual([]);
    expect(tooLow(['on-status'], names)).toEqual([]);
  });

  it('keeps text readable on every surface', () => {
    const grounds = ['bg-0', 'bg-1', 'bg-2', 'sel', 'sel-row', 'critical-tint'];
    expect(tooLow(['tx-1', 'tx-2'], grounds)).toEqual([]);
  });
});
