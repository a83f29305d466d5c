/** Dark or light, by choice of the person and not of the system; kept in this browser. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

export type Theme = 'dark' | 'light';
const STORED = 'nangareko-theme';

export const theme = createStore<{ theme: Theme }>(() => ({ theme: stored() }));

function stored(): Theme {
  try {
    return localStorage.getItem(STORED) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark'; // storage refused by the browser
  }
}

export const useTheme = (): Theme => useStore(theme, (state) => state.theme);

export function showTheme(): void {
  document.documentElement.dataset.theme = theme.getState().theme;
}

export function setTheme(next: Theme): void {
  theme.setState({ theme: next });
  showTheme();
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // storage refused by the browser: the choice lasts as long as the page
  }
}
