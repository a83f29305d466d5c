/** The one selection of an operator, the same in every window of the same browser. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Id } from '@/shared/wire/types';

export type SelectedType = 'call' | 'incident' | 'unit' | 'alarm' | 'camera';
export type Selected = { type: SelectedType; id: Id } | null;

const CHANNEL = 'nangareko-selection';

export const selection = createStore<{ selected: Selected; previewUnit: Id | null }>(() => ({
  selected: null,
  previewUnit: null,
}));

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);
if (channel !== null) {
  channel.onmessage = (event: MessageEvent<Selected>) => {
    selection.setState({ selected: event.data, previewUnit: null });
  };
}

export function select(selected: Selected): void {
  selection.setState({ selected, previewUnit: null });
  channel?.postMessage(selected);
}

/** The unit whose route to the selected incident is shown, without leaving the incident. */
export function previewUnit(id: Id | null): void {
  selection.setState({ previewUnit: id });
}

export function useSelected(): Selected {
  return useStore(selection, (state) => state.selected);
}

/** The selected id when something of that type is selected. */
export function useSelectedId(type: SelectedType): Id | null {
  return useStore(selection, ({ selected }) => (selected?.type === type ? selected.id : null));
}
