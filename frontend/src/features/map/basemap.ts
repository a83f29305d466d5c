/** The basemap's layers in one of the three looks: the library's, with our labels, arrows and marks. */

import { layers } from '@protomaps/basemaps';
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl';
import { FLAVORS, INK, type Look } from './flavors';

const BASEMAP = 'basemap';
const FONT = ['Noto Sans Regular'];
const FONT_BOLD = ['Noto Sans Medium'];

/** Drawn anew below: they would need a sprite, or come too late and too small. */
const OURS = new Set([
  'background',
  'pois',
  'roads_oneway',
  'roads_shields',
  'address_label',
  'roads_labels_minor',
  'roads_labels_major',
  'places_subplace',
]);

/** Kinds that a control room looks for, from the zoom where each begins to matter. */
export const CRITICAL = [
  'hospital',
  'clinic',
  'police',
  'fire_station',
  'ambulance_station',
] as const;
export const USEFUL = [
  'pharmacy',
  'doctors',
  'fuel',
  'school',
  'bus_station',
  'townhall',
  'fire_hydrant',
  'defibrillator',
] as const;
const DRAWN_KINDS = [...CRITICAL, 'pharmacy', 'fuel', 'fire_hydrant', 'defibrillator'] as const;
/** The images that the basemap's layers ask for. */
export const BASEMAP_IMAGES = [
  ...DRAWN_KINDS.map((kind) => `poi-${kind}`),
  'poi-other',
  'arrow',
  'shield',
] as const;

/** Those layers of the basemap that the "places" switch hides. */
export const PLACE_LAYERS = ['pois_critical', 'pois_useful'] as const;

export function basemapSource(url: string, attribution: string): SourceSpecification {
  return { type: 'vector', url, attribution };
}

export function basemapLayers(look: Look, language: string): LayerSpecification[] {
  const stock = layers(BASEMAP, FLAVORS[look], { lang: language }) as LayerSpecification[];
  return [
    ...stock.filter(({ id }) => !OURS.has(id)).map(withoutIcon),
    ...ownBasemapLayers(look, language),
  ];
}

function withoutIcon(layer: LayerSpecification): LayerSpecification {
  if (layer.type !== 'symbol' || layer.layout?.['icon-image'] === undefined) return layer;
  const { 'icon-image': _icon, ...layout } = layer.layout;
  return { ...layer, layout };
}

/** The name in the language on screen, else as it is written on the spot. */
export const nameIn = (language: string): ExpressionSpecification => [
  'coalesce',
  ['get', `name:${language}`],
  ['get', 'name'],
];

const roadKinds = (...kinds: string[]): FilterSpecification => [
  'in',
  ['get', 'kind'],
  ['literal', kinds],
];

function ownBasemapLayers(look: Look, language: string): LayerSpecification[] {
  return [
    houseNumbers(look),
    oneWayArrows(look),
    ...streetLabels(look, language),
    shields(look),
    barrios(look, language),
    ...places(look, language),
  ];
}

function houseNumbers(look: Look): SymbolLayerSpecification {
  const flavor = FLAVORS[look];
  return {
    id: 'address_label',
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'buildings',
    minzoom: 17,
    filter: ['==', ['get', 'kind'], 'address'],
    layout: {
      'text-field': ['get', 'addr_housenumber'],
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['zoom'], 17, 10.5, 19, 13],
      'text-padding': 1,
    },
    paint: {
      'text-color': flavor.address_label,
      'text-halo-color': flavor.address_label_halo,
      'text-halo-width': INK[look].haloWidth,
    },
  };
}

function oneWayArrows(look: Look): SymbolLayerSpecification {
  return {
    id: 'roads_oneway',
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'roads',
    minzoom: 15,
    // Lines always run with the traffic.
    filter: ['==', ['get', 'oneway'], 'yes'],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 90,
      'icon-image': 'arrow',
      'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.5, 18, 0.85],
      'icon-padding': 4,
    },
    paint: { 'icon-opacity': look === 'contrast' ? 1 : 0.9 },
  };
}

function streetLabels(look: Look, language: string): SymbolLayerSpecification[] {
  const flavor = FLAVORS[look];
  const bigger = look === 'contrast' ? 1.5 : 0;
  const label = (
    id: string,
    kinds: string[],
    minzoom: number,
    sizes: [number, number],
    colours: [string, string],
  ): SymbolLayerSpecification => ({
    id,
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'roads',
    minzoom,
    filter: roadKinds(...kinds),
    layout: {
      'symbol-placement': 'line',
      'symbol-sort-key': ['get', 'min_zoom'],
      'text-field': nameIn(language),
      'text-font': id === 'roads_labels_major' || look === 'contrast' ? FONT_BOLD : FONT,
      'text-size': [
        'interpolate',
        ['linear'],
        ['zoom'],
        minzoom,
        sizes[0] + bigger,
        18,
        sizes[1] + bigger,
      ],
      'symbol-spacing': 220,
      'text-max-angle': 35,
    },
    paint: {
      'text-color': colours[0],
      'text-halo-color': colours[1],
      'text-halo-width': INK[look].haloWidth,
    },
  });
  return [
    label('roads_labels_paths', ['path', 'other'], 16.5, [11, 12.5], minorInk()),
    label('roads_labels_minor', ['minor_road'], 14, [11.5, 14], minorInk()),
    label(
      'roads_labels_major',
      ['highway', 'major_road'],
      11.5,
      [12, 15],
      [flavor.roads_label_major, flavor.roads_label_major_halo],
    ),
  ];

  function minorInk(): [string, string] {
    return [flavor.roads_label_minor, flavor.roads_label_minor_halo];
  }
}

/** The number of a road on a plate that grows with it: PY02, Ruta 1, 101. */
function shields(look: Look): SymbolLayerSpecification {
  return {
    id: 'roads_shields',
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'roads',
    minzoom: 10,
    filter: ['all', ['has', 'shield_text'], ['<=', ['length', ['get', 'shield_text']], 6]],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'icon-image': 'shield',
      'icon-text-fit': 'both',
      'icon-text-fit-padding': [1, 4, 1, 4],
      'icon-rotation-alignment': 'viewport',
      'text-rotation-alignment': 'viewport',
      'text-field': ['get', 'shield_text'],
      'text-font': FONT_BOLD,
      'text-size': 11,
    },
    paint: { 'text-color': INK[look].shieldText },
  };
}

function barrios(look: Look, language: string): SymbolLayerSpecification {
  const flavor = FLAVORS[look];
  return {
    id: 'places_subplace',
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'places',
    minzoom: 11,
    maxzoom: 17,
    filter: roadKinds('neighbourhood', 'macrohood'),
    layout: {
      'symbol-sort-key': ['coalesce', ['get', 'sort_key'], ['get', 'min_zoom']],
      'text-field': nameIn(language),
      'text-font': FONT_BOLD,
      'text-letter-spacing': 0.08,
      'text-max-width': 7,
      'text-size': ['interpolate', ['linear'], ['zoom'], 11, 11, 15, 15],
    },
    paint: {
      'text-color': flavor.subplace_label,
      'text-halo-color': flavor.subplace_label_halo,
      'text-halo-width': INK[look].haloWidth,
    },
  };
}

function places(look: Look, language: string): SymbolLayerSpecification[] {
  const ink = INK[look];
  const colour: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    ['hospital', 'clinic', 'pharmacy', 'doctors', 'ambulance_station', 'defibrillator'],
    ink.hospital,
    'police',
    ink.police,
    ['fire_station', 'fire_hydrant'],
    ink.fire,
    ink.place,
  ];
  const image: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    ...DRAWN_KINDS.flatMap((kind) => [kind, `poi-${kind}`]),
    'poi-other',
  ] as unknown as ExpressionSpecification;
  const layer = (
    id: string,
    minzoom: number,
    names: number,
    kinds: readonly string[],
    size: number,
  ): SymbolLayerSpecification => ({
    id,
    type: 'symbol',
    source: BASEMAP,
    'source-layer': 'pois',
    minzoom,
    filter: roadKinds(...kinds),
    layout: {
      'icon-image': image,
      'icon-size': size,
      'icon-padding': 1,
      'symbol-sort-key': ['get', 'min_zoom'],
      'text-field': ['step', ['zoom'], '', names, nameIn(language)],
      'text-font': FONT,
      'text-size': 11.5,
      'text-anchor': 'top',
      'text-offset': [0, 0.9],
      'text-max-width': 9,
      'text-optional': true,
    },
    paint: {
      'text-color': colour,
      'text-halo-color': ink.halo,
      'text-halo-width': ink.haloWidth,
    },
  });
  return [
    layer('pois_useful', 15.5, 16.5, USEFUL, 0.7),
    layer('pois_critical', 12, 14, CRITICAL, 0.85),
  ];
}
