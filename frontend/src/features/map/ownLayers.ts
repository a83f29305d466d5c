/** What the map draws above the basemap: zones, closed roads, reach, routes, units and incidents. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { INK, type Ink, type Look } from './flavors';

const FONT = ['Noto Sans Regular'];
const FONT_BOLD = ['Noto Sans Medium'];

/** Where our own layers begin: the basemap is put below the first of them. */
export const FIRST_OWN_LAYER = 'zones-fill';
/** Agencies' layers are put below this one, above the zones. */
export const ABOVE_AGENCIES = 'reach';
export const ZONE_LAYERS = ['zones-fill', 'zones-line', 'zones-label'] as const;
export const CLOSURE_LAYERS = [
  'closures-fill',
  'closures-case',
  'closures-line',
  'closures-mark',
] as const;

const round = { 'line-cap': 'round', 'line-join': 'round' } as const;

export function ownLayers(look: Look): LayerSpecification[] {
  const ink = INK[look];
  return [
    ...zoneLayers(ink),
    ...reachLayers(ink),
    ...areaLayers(ink),
    ...closureLayers(ink),
    ...routeLayers(ink),
    ...draftLayers(ink),
    ...objectLayers(ink),
  ];
}

const words = (ink: Ink) => ({
  'text-color': ink.text,
  'text-halo-color': ink.halo,
  'text-halo-width': ink.haloWidth,
});

const below = {
  'text-font': FONT,
  'text-size': 12,
  'text-offset': [0, 1.15] as [number, number],
  'text-anchor': 'top' as const,
  'text-optional': true,
};

function zoneLayers(ink: Ink): LayerSpecification[] {
  const zones = { source: 'zones', 'source-layer': 'zones' } as const;
  const hidden = { visibility: 'none' } as const;
  return [
    {
      id: 'zones-fill',
      type: 'fill',
      ...zones,
      layout: hidden,
      paint: { 'fill-color': ink.zone, 'fill-opacity': 0.06 },
    },
    {
      id: 'zones-line',
      type: 'line',
      ...zones,
      layout: hidden,
      paint: { 'line-color': ink.zone, 'line-width': 1.5, 'line-dasharray': [4, 2] },
    },
    {
      id: 'zones-label',
      type: 'symbol',
      ...zones,
      layout: { ...hidden, 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12 },
      paint: { ...words(ink), 'text-color': ink.dim },
    },
  ];
}

/** How far one gets: three bands, the nearest strongest. */
function reachLayers(ink: Ink): LayerSpecification[] {
  const [near, middle, far] = ink.bands;
  const colour: ExpressionSpecification = ['match', ['get', 'band'], 0, near, 1, middle, far];
  return [
    {
      id: 'reach',
      type: 'fill',
      source: 'reach',
      paint: { 'fill-color': colour, 'fill-opacity': 0.13 },
    },
    {
      id: 'reach-line',
      type: 'line',
      source: 'reach',
      paint: { 'line-color': colour, 'line-width': 2 },
    },
    {
      id: 'reach-label',
      type: 'symbol',
      source: 'reach',
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 260,
        'text-field': ['get', 'label'],
        'text-font': FONT_BOLD,
        'text-size': 12,
      },
      paint: { ...words(ink), 'text-color': colour },
    },
  ];
}

function areaLayers(ink: Ink): LayerSpecification[] {
  return [
    {
      id: 'areas',
      type: 'fill',
      source: 'areas',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ink.area, 'fill-opacity': 0.16 },
    },
    {
      id: 'areas-line',
      type: 'line',
      source: 'areas',
      paint: { 'line-color': ink.area, 'line-width': 1.5, 'line-dasharray': [3, 2] },
    },
    {
      id: 'areas-points',
      type: 'circle',
      source: 'areas',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 4, 'circle-color': ink.area },
    },
  ];
}

/** Red hatch, a red and white edge, and a plate with reason and age: never colour alone. */
function closureLayers(ink: Ink): LayerSpecification[] {
  return [
    {
      id: 'closures-fill',
      type: 'fill',
      source: 'closures',
      filter: ['==', ['get', 'shape'], 'area'],
      paint: { 'fill-pattern': 'hatch' },
    },
    {
      id: 'closures-case',
      type: 'line',
      source: 'closures',
      filter: ['!=', ['geometry-type'], 'Point'],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': ink.closure,
        'line-width': ['match', ['get', 'shape'], 'line', 8, 3],
      },
    },
    {
      id: 'closures-line',
      type: 'line',
      source: 'closures',
      filter: ['==', ['get', 'shape'], 'line'],
      paint: { 'line-color': ink.halo, 'line-width': 4, 'line-dasharray': [1, 1] },
    },
    {
      id: 'closures-mark',
      type: 'symbol',
      source: 'closures',
      filter: ['==', ['geometry-type'], 'Point'],
      minzoom: 10,
      layout: {
        'icon-image': 'closure',
        'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 12, ['get', 'label']],
        ...below,
        'text-font': FONT_BOLD,
        'text-max-width': 12,
      },
      paint: { ...words(ink), 'text-color': ink.closure },
    },
  ];
}

function routeLayers(ink: Ink): LayerSpecification[] {
  return [
    {
      id: 'route-case',
      type: 'line',
      source: 'route',
      layout: round,
      paint: { 'line-color': ink.halo, 'line-width': 8, 'line-opacity': 0.8 },
    },
    {
      id: 'route',
      type: 'line',
      source: 'route',
      filter: ['!', ['to-boolean', ['get', 'estimated']]],
      layout: round,
      paint: { 'line-color': ink.route, 'line-width': 4 },
    },
    {
      id: 'route-estimated',
      type: 'line',
      source: 'route',
      filter: ['to-boolean', ['get', 'estimated']],
      paint: { 'line-color': ink.route, 'line-width': 4, 'line-dasharray': [1.5, 1.5] },
    },
  ];
}

/** What is being drawn: its line, and a handle at each corner. */
function draftLayers(ink: Ink): LayerSpecification[] {
  return [
    {
      id: 'draft-fill',
      type: 'fill',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ink.closure, 'fill-opacity': 0.2 },
    },
    {
      id: 'draft-line',
      type: 'line',
      source: 'draft',
      filter: ['!=', ['geometry-type'], 'Point'],
      layout: round,
      paint: { 'line-color': ink.closure, 'line-width': 4 },
    },
    {
      id: 'draft-handles',
      type: 'circle',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 7,
        'circle-color': ink.halo,
        'circle-stroke-color': ink.closure,
        'circle-stroke-width': 3,
      },
    },
  ];
}

function objectLayers(ink: Ink): LayerSpecification[] {
  return [
    {
      id: 'cameras',
      type: 'symbol',
      source: 'cameras',
      minzoom: 11,
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 15, ['get', 'name']],
        ...below,
      },
      paint: { ...words(ink), 'text-color': ink.dim },
    },
    {
      id: 'selection',
      type: 'circle',
      source: 'selection',
      paint: {
        'circle-radius': 19,
        'circle-color': 'transparent',
        'circle-stroke-color': ink.select,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'units',
      type: 'symbol',
      source: 'units',
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'rank'],
        'text-field': ['get', 'label'],
        ...below,
      },
      paint: {
        ...words(ink),
        'icon-opacity': ['get', 'opacity'],
        'text-opacity': ['get', 'opacity'],
      },
    },
    {
      id: 'calls',
      type: 'symbol',
      source: 'calls',
      layout: { 'icon-image': 'call', 'icon-allow-overlap': true },
    },
    {
      id: 'incidents',
      type: 'symbol',
      source: 'incidents',
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'rank'],
        'text-field': ['step', ['zoom'], '', 13, ['get', 'number']],
        ...below,
        'text-font': FONT_BOLD,
      },
      paint: words(ink),
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': 'pin',
        'icon-allow-overlap': true,
        'text-field': ['get', 'label'],
        ...below,
        'text-font': FONT_BOLD,
      },
      paint: words(ink),
    },
  ];
}
