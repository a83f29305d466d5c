/** Which layers the person wants to see, remembered in this browser; and whether the map follows the unit. */

import { createStore } from 'zustand/vanilla';

export interface MapLayers {
  units: boolean;
  cameras: boolean;
  closures: boolean;
  /** Hospitals, police, fire stations and other places of the basemap. */
  places: boolean;
  follow: boolean;
  /** Kinds of zones that are shown. */
  zones: readonly string[];
  /** Names of the agencies' layers that are shown. */
  agency: readonly string[];
}

export type Switch = 'units' | 'cameras' | 'closures' | 'places' | 'follow';
export type ListSwitch = 'zones' | 'agency';

const STORED = 'nangareko-map-layers';
const FIRST: MapLayers = {
  units: true,
  cameras: true,
  closures: true,
  places: true,
  follow: false,
  zones: [],
  agency: [],
};

/** What was stored, as far as it still makes sense; following a unit is never taken up again. */
export function readLayers(text: string | null): MapLayers {
  try {
    const kept = JSON.parse(text ?? '{}') as Record<string, unknown> | null;
    const flag = (name: Switch) => {
      const value = kept?.[name];
      return typeof value === 'boolean' ? value : FIRST[name];
    };
    const list = (name: ListSwitch) => {
      const value = kept?.[name];
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    };
    return {
      units: flag('units'),
      cameras: flag('cameras'),
      closures: flag('closures'),
      places: flag('places'),
      follow: false,
      zones: list('zones'),
      agency: list('agency'),
    };
  } catch {
    return FIRST; // written by something else
  }
}

function stored(): MapLayers {
  try {
    return readLayers(localStorage.getItem(STORED));
  } catch {
    return FIRST; // storage refused by the browser
  }
}

export const mapLayers = createStore<MapLayers>(stored);

mapLayers.subscribe((layers) => {
  try {
    localStorage.setItem(STORED, JSON.stringify(layers));
  } catch {
    // storage refused by the browser: the choice lasts as long as the page
  }
});

export function toggleLayer(layer: Switch): void {
  mapLayers.setState((state) => ({ [layer]: !state[layer] }));
}

export function toggleListed(list: ListSwitch, name: string): void {
  mapLayers.setState((state) => ({
    [list]: state[list].includes(name)
      ? state[list].filter((one) => one !== name)
      : [...state[list], name],
  }));
}
