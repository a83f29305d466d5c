/** Closed roads as the map draws them, and a drawing as the centre wants it: pure. */

import type { Drawing } from '@/shared/geo/mapBus';
import { circle } from '@/shared/geo/shapes';
import { formatAge } from '@/shared/time/format';
import type { Closure, Point } from '@/shared/wire/types';
import type { Collection } from './features';

const MIN_CORNERS = { point: 1, line: 2, area: 3 } as const;

type Position = [number, number];
const at = ({ lon, lat }: Point): Position => [lon, lat];

/** In force now: begun, and not past its end. */
export function inForce(closure: Closure, nowMs: number): boolean {
  const ends = closure.until === null ? Number.POSITIVE_INFINITY : Date.parse(closure.until);
  return Date.parse(closure.from) <= nowMs && nowMs < ends;
}

/** The newest first; one that is over or not yet begun goes below those in force. */
export function byForce(nowMs: number): (a: Closure, b: Closure) => number {
  return (a, b) =>
    Number(inForce(b, nowMs)) - Number(inForce(a, nowMs)) ||
    Date.parse(b.drawn_at) - Date.parse(a.drawn_at);
}

/** One shape and one plate for each closure in force. */
export function closureFeatures(closures: readonly Closure[], nowMs: number): Collection {
  const shown = closures.filter((one) => inForce(one, nowMs));
  return { type: 'FeatureCollection', features: shown.flatMap((one) => drawn(one, nowMs)) };
}

function drawn(closure: Closure, nowMs: number): GeoJSON.Feature[] {
  const label = `${closure.reason} · ${formatAge((nowMs - Date.parse(closure.from)) / 1_000)}`;
  const properties = { id: closure.id, type: 'closure', label };
  const geometry = outline(closure);
  const shape = geometry.type === 'LineString' ? 'line' : 'area';
  return [
    { type: 'Feature', geometry, properties: { ...properties, shape } },
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: at(middleOf(closure.geometry)) },
      properties: { ...properties, shape: 'mark' },
    },
  ];
}

type Outline = Exclude<Closure['geometry'], GeoJSON.Point>;

function outline({ geometry, radius_m }: Closure): Outline {
  if (geometry.type !== 'Point') return geometry;
  const [lon = 0, lat = 0] = geometry.coordinates;
  return { type: 'Polygon', coordinates: [circle({ lon, lat }, radius_m ?? 0)] };
}

/** Where its plate stands and the map goes to: the middle corner of a line, the mean of an area. */
export function middleOf(geometry: Closure['geometry']): Point {
  const corners = cornersOf(geometry);
  if (!geometry.type.endsWith('Polygon'))
    return corners[Math.floor((corners.length - 1) / 2)] ?? NOWHERE;
  const mean = (pick: (point: Point) => number) =>
    corners.reduce((sum, corner) => sum + pick(corner), 0) / Math.max(1, corners.length);
  return { lon: mean(({ lon }) => lon), lat: mean(({ lat }) => lat) };
}

const NOWHERE: Point = { lon: 0, lat: 0 };

/** The corners that a person drew, without the closing one of a ring; of several areas the first. */
export function cornersOf(geometry: Closure['geometry']): Point[] {
  return positionsOf(geometry).map(([lon = 0, lat = 0]) => ({ lon, lat }));
}

function positionsOf(geometry: Closure['geometry']): GeoJSON.Position[] {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates];
    case 'LineString':
      return geometry.coordinates;
    case 'Polygon':
      return (geometry.coordinates[0] ?? []).slice(0, -1);
    case 'MultiPolygon':
      return (geometry.coordinates[0]?.[0] ?? []).slice(0, -1);
  }
}

export const isComplete = ({ shape, points }: Drawing): boolean =>
  points.length >= MIN_CORNERS[shape];

/** What the centre is sent; null until there are enough corners. */
export function drawnGeometry(drawing: Drawing): Closure['geometry'] | null {
  const { shape, points } = drawing;
  const [first] = points;
  if (first === undefined || !isComplete(drawing)) return null;
  if (shape === 'point') return { type: 'Point', coordinates: at(first) };
  if (shape === 'line') return { type: 'LineString', coordinates: points.map(at) };
  return { type: 'Polygon', coordinates: [[...points, first].map(at)] };
}

/** The drawing as it stands, with a handle at each corner. */
export function draftFeatures(drawing: Drawing | null): Collection {
  if (drawing === null) return { type: 'FeatureCollection', features: [] };
  const handles = drawing.points.map((point, index) => ({
    type: 'Feature' as const,
    geometry: { type: 'Point' as const, coordinates: at(point) },
    properties: { index },
  }));
  const body = bodyOf(drawing);
  return {
    type: 'FeatureCollection',
    features: body ? [{ type: 'Feature', geometry: body, properties: {} }, ...handles] : handles,
  };
}

function bodyOf(drawing: Drawing): GeoJSON.Geometry | null {
  const { shape, points, radiusM } = drawing;
  const [first] = points;
  if (first === undefined) return null;
  if (shape === 'point') return { type: 'Polygon', coordinates: [circle(first, radiusM)] };
  if (points.length < 2) return null;
  return shape === 'area' && points.length > 2
    ? { type: 'Polygon', coordinates: [[...points, first].map(at)] }
    : { type: 'LineString', coordinates: points.map(at) };
}
