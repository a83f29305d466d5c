/** How an agency's layer is drawn: by its kind, from tiles that change with its version. Pure. */

import type { LayerSpecification, SourceSpecification } from 'maplibre-gl';
import type { Layer } from '@/shared/wire/types';
import { INK, type Ink, type Look } from './flavors';

const PREFIX = 'agency:';
export const agencySource = (name: string): string => `${PREFIX}${name}`;
export const isAgencyLayer = (id: string): boolean => id.startsWith(PREFIX);
export const agencyName = (layerId: string): string => layerId.split(':')[1] ?? '';

type Colour = 'hospital' | 'police' | 'fire' | 'closure' | 'zone' | 'route' | 'area';

const COLOURS: Record<string, Colour> = {
  zone: 'zone',
  station: 'police',
  hospital: 'hospital',
  hydrant: 'fire',
  hazard: 'closure',
  closure: 'closure',
};

export const colourOfKind = (kind: string, ink: Ink): string => ink[COLOURS[kind] ?? 'area'];

/** The tiles of the version in force: another version is another address, so nothing stays stale. */
export function agencyTiles(layer: Layer, origin: string): SourceSpecification {
  const path = `${origin}/tiles/${encodeURIComponent(layer.name)}/{z}/{x}/{y}.mvt`;
  return {
    type: 'vector',
    tiles: [`${path}?v=${layer.version}`],
    minzoom: 6,
    maxzoom: 16,
    promoteId: 'feature_id',
  };
}

export function agencyLayers(layer: Layer, look: Look): LayerSpecification[] {
  const ink = INK[look];
  const colour = colourOfKind(layer.kind, ink);
  const source = agencySource(layer.name);
  const own = { source, 'source-layer': layer.name } as const;
  return [
    {
      id: `${source}:fill`,
      type: 'fill',
      ...own,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': colour, 'fill-opacity': 0.1 },
    },
    {
      id: `${source}:line`,
      type: 'line',
      ...own,
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': colour, 'line-width': 1.75 },
    },
    {
      id: `${source}:point`,
      type: 'circle',
      ...own,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 3, 16, 7],
        'circle-color': colour,
        'circle-stroke-color': ink.halo,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: `${source}:label`,
      type: 'symbol',
      ...own,
      minzoom: 13,
      layout: {
        'text-field': ['coalesce', ['get', 'name'], ''],
        'text-font': ['Noto Sans Regular'],
        'text-size': 11.5,
        'text-anchor': 'top',
        'text-offset': [0, 0.7],
      },
      paint: {
        'text-color': ink.text,
        'text-halo-color': ink.halo,
        'text-halo-width': ink.haloWidth,
      },
    },
  ];
}

/** What is told of a feature, as plain pairs: never markup, never the tile's own bookkeeping. */
export function featureWords(properties: Record<string, unknown>): [string, string][] {
  return Object.entries(properties)
    .filter(([name, value]) => !/^(feature_id|name|min_zoom)$/.test(name) && isTellable(value))
    .map(([name, value]) => [name, String(value)]);
}

const isTellable = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') ||
  typeof value === 'number' ||
  typeof value === 'boolean';
