/** Which layers the person wants to see, and whether the map follows the selected unit. */

import { createStore } from 'zustand/vanilla';

export interface MapLayers {
  zones: boolean;
  cameras: boolean;
  units: boolean;
  follow: boolean;
}

export const mapLayers = createStore<MapLayers>(() => ({
  zones: false,
  cameras: true,
  units: true,
  follow: false,
}));

export function toggleLayer(layer: keyof MapLayers): void {
  mapLayers.setState((state) => ({ [layer]: !state[layer] }));
}
