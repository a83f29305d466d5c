/** The console's single keys. Off while a field has focus; never Ctrl+T/W/N, F5, F11, F12. */

import { offerKey } from '@/shared/commands/keyLayers';

export interface KeyActions {
  commandLine: () => void;
  newCall: () => void;
  help: () => void;
  escape: () => void;
  move: (step: 1 | -1) => void;
  centre: () => void;
  list: (which: 'calls' | 'incidents' | 'units') => void;
  priority: (priority: 1 | 2 | 3 | 4) => void;
  acknowledge: () => void;
  follow: () => void;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Run the action of a key; true when there was one. */
export function press(pressed: Pressed, typing: boolean, actions: KeyActions): boolean {
  const { key } = pressed;
  if (key === 'F2') return done(actions.newCall);
  if ((pressed.ctrlKey || pressed.metaKey) && key === 'k') return done(actions.commandLine);
  if (key === 'Escape') return done(actions.escape);
  if (typing || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return false;
  if (offerKey(key)) return true;
  const action = plain(key, actions);
  return action === undefined ? false : done(action);
}

function plain(key: string, actions: KeyActions): (() => void) | undefined {
  if (/^[1-4]$/.test(key)) return () => actions.priority(Number(key) as 1 | 2 | 3 | 4);
  const down = () => actions.move(1);
  const up = () => actions.move(-1);
  return {
    '/': actions.commandLine,
    '?': actions.help,
    '.': actions.centre,
    Enter: actions.centre,
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    l: () => actions.list('calls'),
    i: () => actions.list('incidents'),
    u: () => actions.list('units'),
    a: actions.acknowledge,
    f: actions.follow,
  }[key];
}

function done(action: () => void): true {
  action();
  return true;
}

/** Whether keys belong to what has the focus: fields take letters, buttons take Enter. */
export function isTyping(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  const pressable = /^(BUTTON|A|SUMMARY)$/.test(target.tagName);
  const onMap = target.tagName === 'CANVAS' && key.startsWith('Arrow');
  return (pressable && key === 'Enter') || onMap;
}
