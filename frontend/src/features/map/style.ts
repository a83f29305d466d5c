/** The style before any tile has come: sources and our own layers; the basemap goes below them later. */

import type { SourceSpecification, StyleSpecification } from 'maplibre-gl';
import { INK, type Look } from './flavors';
import { ownLayers } from './ownLayers';

export const PICKABLE = ['incidents', 'units', 'calls', 'marks', 'cameras'] as const;

const NO_FEATURES = { type: 'FeatureCollection' as const, features: [] };
const geojson = (): SourceSpecification => ({ type: 'geojson', data: NO_FEATURES });

export const OWN_SOURCES = [
  'reach',
  'areas',
  'closures',
  'route',
  'draft',
  'cameras',
  'calls',
  'units',
  'incidents',
  'marks',
  'selection',
] as const;
export type OwnSource = (typeof OWN_SOURCES)[number];

/** The style without a basemap: the map works on it until tiles are known to be there. */
export function baseStyle(origin: string, look: Look): StyleSpecification {
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
        paint: { 'background-color': INK[look].background },
      },
      ...ownLayers(look),
    ],
  };
}
