import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isTyping, type KeyActions, press } from './keys';

const NAMES = [
  'commandLine',
  'newCall',
  'help',
  'escape',
  'move',
  'centre',
  'list',
  'priority',
  'acknowledge',
  'follow',
] as const;
let actions: Record<(typeof NAMES)[number], ReturnType<typeof vi.fn>> & KeyActions;
const key = (name: string, mods = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...mods,
});

beforeEach(() => {
  actions = Object.fromEntries(NAMES.map((name) => [name, vi.fn()])) as unknown as typeof actions;
});

describe('keys', () => {
  it.each([
    ['/', 'commandLine', []],
    ['F2', 'newCall', []],
    ['?', 'help', []],
    ['.', 'centre', []],
    ['j', 'move', [1]],
    ['ArrowUp', 'move', [-1]],
    ['u', 'list', ['units']],
    ['2', 'priority', [2]],
    ['a', 'acknowledge', []],
  ] as const)('%s runs %s', (name, action, args) => {
    expect(press(key(name), false, actions)).toBe(true);
    expect(actions[action]).toHaveBeenCalledExactlyOnceWith(...args);
  });

  it('are off while a field has the focus, except F2, Escape and Ctrl+K', () => {
    for (const name of ['/', 'j', '.', '1', '?', 'Enter'])
      expect(press(key(name), true, actions)).toBe(false);
    for (const name of ['F2', 'Escape']) expect(press(key(name), true, actions)).toBe(true);
    expect(press(key('k', { ctrlKey: true }), true, actions)).toBe(true);
    expect(actions.commandLine).toHaveBeenCalledOnce();
  });

  it("leaves the browser's own keys alone", () => {
    for (const name of ['t', 'w', 'n', 'l', 'f'])
      expect(press(key(name, { ctrlKey: true }), false, actions)).toBe(false);
    for (const name of ['F5', 'F11', 'F12']) expect(press(key(name), false, actions)).toBe(false);
  });

  it('leaves Enter to a focused button', () => {
    expect(isTyping(document.createElement('button'), 'Enter')).toBe(true);
    expect(isTyping(document.createElement('button'), 'j')).toBe(false);
    expect(isTyping(document.createElement('input'), 'j')).toBe(true);
    expect(isTyping(document.body, 'j')).toBe(false);
  });
});
