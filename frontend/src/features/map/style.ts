/** What the map looks like: an offline basemap in our colours, then our own layers above it. */

import { DARK, LIGHT, layers } from '@protomaps/basemaps';
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';

export type MapTheme = 'dark' | 'light';

const FONT = ['Noto Sans Regular'];
const FONT_BOLD = ['Noto Sans Medium'];
const BASEMAP = 'basemap';

/** Where our own layers begin: the basemap is put below the first of them. */
export const FIRST_OWN_LAYER = 'zones-fill';
export const PICKABLE = ['incidents', 'units', 'calls', 'marks', 'cameras'] as const;

/** Colours that are drawn by the map and not by CSS; the text colours are at least 4.5:1 on land. */
export const INK = {
  dark: {
    background: '#0b1118',
    text: '#e6edf3',
    dim: '#a9b7c4',
    halo: '#0b1118',
    route: '#4dacff',
    zone: '#8fa3b5',
    area: '#4dacff',
    select: '#ffffff',
  },
  light: {
    background: '#eef2f5',
    text: '#0d151d',
    dim: '#3c4a57',
    halo: '#ffffff',
    route: '#00659e',
    zone: '#5b6470',
    area: '#00659e',
    select: '#0d151d',
  },
} as const;

/** The stock dark flavour's street labels are 2.1:1: too low for a control room at night. */
const DARK_FLAVOR = {
  ...DARK,
  background: '#0e2233',
  earth: '#121a23',
  water: '#0e2233',
  park_a: '#13231f',
  park_b: '#14271f',
  wood_a: '#13211f',
  wood_b: '#13211f',
  scrub_a: '#14201f',
  scrub_b: '#14201f',
  hospital: '#1c2028',
  school: '#171f28',
  industrial: '#151d26',
  pedestrian: '#151e28',
  buildings: '#1b2530',
  minor_service: '#22303d',
  minor_a: '#2a3846',
  minor_b: '#2a3846',
  other: '#22303d',
  link: '#3d4f61',
  major: '#3d4f61',
  highway: '#526a80',
  minor_service_casing: '#121a23',
  minor_casing: '#121a23',
  link_casing: '#121a23',
  major_casing_early: '#121a23',
  major_casing_late: '#121a23',
  highway_casing_early: '#121a23',
  highway_casing_late: '#121a23',
  bridges_minor: '#2a3846',
  bridges_link: '#3d4f61',
  bridges_major: '#3d4f61',
  bridges_highway: '#526a80',
  tunnel_minor: '#1f2b37',
  tunnel_link: '#2b3a49',
  tunnel_major: '#2b3a49',
  tunnel_highway: '#3a4c5e',
  railway: '#33414f',
  roads_label_minor: '#9fb0c0',
  roads_label_minor_halo: '#121a23',
  roads_label_major: '#b4c2cf',
  roads_label_major_halo: '#121a23',
  subplace_label: '#9fb0c0',
  subplace_label_halo: '#121a23',
  city_label: '#c3cfda',
  city_label_halo: '#121a23',
  ocean_label: '#9fb0c0',
  address_label: '#9fb0c0',
  address_label_halo: '#121a23',
};

const LIGHT_FLAVOR = {
  ...LIGHT,
  roads_label_minor: '#4f5a64',
  roads_label_major: '#3c4a57',
  subplace_label: '#4f5a64',
  city_label: '#2b3640',
  address_label: '#4f5a64',
};

const NO_FEATURES = { type: 'FeatureCollection' as const, features: [] };
const geojson = (): SourceSpecification => ({ type: 'geojson', data: NO_FEATURES });

export const OWN_SOURCES = [
  'areas',
  'route',
  'cameras',
  'calls',
  'units',
  'incidents',
  'marks',
  'selection',
] as const;
export type OwnSource = (typeof OWN_SOURCES)[number];

/** The style without a basemap: the map works on it until tiles are known to be there. */
export function baseStyle(origin: string, theme: MapTheme): StyleSpecification {
  return {
    version: 8,
    // No "glyphs" on purpose: text is drawn in the browser from the self-hosted font files.
    'font-faces': {
      'Noto Sans Regular': `${origin}/fonts/NotoSans-Regular.woff2`,
      'Noto Sans Medium': `${origin}/fonts/NotoSans-Bold.woff2`,
      'Noto Sans Italic': `${origin}/fonts/NotoSans-Regular.woff2`,
    },
    sources: {
      zones: {
        type: 'vector',
        tiles: [`${origin}/tiles/zones/{z}/{x}/{y}.mvt`],
        minzoom: 0,
        maxzoom: 14,
      },
      ...Object.fromEntries(OWN_SOURCES.map((name) => [name, geojson()])),
    },
    layers: [
      {
        id: 'background',
        type: 'background',
        paint: { 'background-color': INK[theme].background },
      },
      ...ownLayers(theme),
    ],
  };
}

export function basemapSource(origin: string, attribution: string): SourceSpecification {
  return { type: 'vector', url: `pmtiles://${origin}/tiles/basemap.pmtiles`, attribution };
}

/** The basemap's layers; icons are left out, they would need a sprite and add little. */
export function basemapLayers(theme: MapTheme, language: string): LayerSpecification[] {
  const flavor = theme === 'dark' ? DARK_FLAVOR : LIGHT_FLAVOR;
  return (layers(BASEMAP, flavor, { lang: language }) as LayerSpecification[])
    .filter((layer) => layer.id !== 'roads_shields' && layer.id !== 'roads_oneway')
    .filter((layer) => layer.id !== 'background' && layer.id !== 'pois')
    .map(withoutIcon);
}

function withoutIcon(layer: LayerSpecification): LayerSpecification {
  if (layer.type !== 'symbol' || layer.layout?.['icon-image'] === undefined) return layer;
  const { 'icon-image': _icon, ...layout } = layer.layout;
  return { ...layer, layout };
}

function ownLayers(theme: MapTheme): LayerSpecification[] {
  const ink = INK[theme];
  const label = {
    'text-font': FONT,
    'text-size': 12,
    'text-offset': [0, 1.15] as [number, number],
    'text-anchor': 'top' as const,
    'text-optional': true,
  };
  const labelPaint = {
    'text-color': ink.text,
    'text-halo-color': ink.halo,
    'text-halo-width': 1.5,
  };
  return [
    {
      id: 'zones-fill',
      type: 'fill',
      source: 'zones',
      'source-layer': 'zones',
      layout: { visibility: 'none' },
      paint: { 'fill-color': ink.zone, 'fill-opacity': 0.06 },
    },
    {
      id: 'zones-line',
      type: 'line',
      source: 'zones',
      'source-layer': 'zones',
      layout: { visibility: 'none' },
      paint: { 'line-color': ink.zone, 'line-width': 1.5, 'line-dasharray': [4, 2] },
    },
    {
      id: 'zones-label',
      type: 'symbol',
      source: 'zones',
      'source-layer': 'zones',
      layout: {
        visibility: 'none',
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': 12,
      },
      paint: { 'text-color': ink.dim, 'text-halo-color': ink.halo, 'text-halo-width': 1.5 },
    },
    {
      id: 'areas',
      type: 'fill',
      source: 'areas',
      paint: { 'fill-color': ink.area, 'fill-opacity': 0.16 },
    },
    {
      id: 'areas-line',
      type: 'line',
      source: 'areas',
      paint: { 'line-color': ink.area, 'line-width': 1.5, 'line-dasharray': [3, 2] },
    },
    {
      id: 'route-case',
      type: 'line',
      source: 'route',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.halo, 'line-width': 8, 'line-opacity': 0.8 },
    },
    {
      id: 'route',
      type: 'line',
      source: 'route',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.route, 'line-width': 4 },
    },
    {
      id: 'cameras',
      type: 'symbol',
      source: 'cameras',
      minzoom: 11,
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 15, ['get', 'name']],
        ...label,
      },
      paint: { ...labelPaint, 'text-color': ink.dim },
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
        ...label,
      },
      paint: {
        ...labelPaint,
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
        ...label,
        'text-font': FONT_BOLD,
      },
      paint: labelPaint,
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': 'pin',
        'icon-allow-overlap': true,
        'text-field': ['get', 'label'],
        ...label,
        'text-font': FONT_BOLD,
      },
      paint: labelPaint,
    },
  ];
}
