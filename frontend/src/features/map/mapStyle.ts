/** Which of the map's three looks is shown: the person's own choice, else the one of the theme. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type Theme, useTheme } from '@/shared/theme/theme';
import type { Look } from './flavors';

export const LOOK_CHOICES = ['theme', 'day', 'night', 'contrast'] as const;
export type LookChoice = (typeof LOOK_CHOICES)[number];

const STORED = 'nangareko-map-style';

function stored(): LookChoice {
  try {
    const text = localStorage.getItem(STORED);
    return LOOK_CHOICES.find((one) => one === text) ?? 'theme';
  } catch {
    return 'theme'; // storage refused by the browser
  }
}

export const mapLook = createStore<{ choice: LookChoice }>(() => ({ choice: stored() }));

export function chooseLook(choice: LookChoice): void {
  mapLook.setState({ choice });
  try {
    localStorage.setItem(STORED, choice);
  } catch {
    // storage refused by the browser: the choice lasts as long as the page
  }
}

export function lookOf(choice: LookChoice, theme: Theme): Look {
  if (choice !== 'theme') return choice;
  return theme === 'light' ? 'day' : 'night';
}

export const useLookChoice = (): LookChoice => useStore(mapLook, (state) => state.choice);

export function useLook(): Look {
  const theme = useTheme();
  return lookOf(useLookChoice(), theme);
}
