/** Small geodesy for drawing only: circles, wedges and distances good to a fraction of a percent at city scale. */

import type { Point } from '@/shared/wire/types';

const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** The point `distanceM` metres from `from` towards `bearingDeg`, degrees true. */
export function offset(from: Point, distanceM: number, bearingDeg: number): Point {
  const angle = distanceM / EARTH_M;
  const [lat, bearing] = [from.lat * RADIANS, bearingDeg * RADIANS];
  const toLat = Math.asin(
    Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing),
  );
  const east = Math.sin(bearing) * Math.sin(angle) * Math.cos(lat);
  const toLon = Math.atan2(east, Math.cos(angle) - Math.sin(lat) * Math.sin(toLat));
  return { lon: from.lon + toLon / RADIANS, lat: toLat / RADIANS };
}

export function distanceM(a: Point, b: Point): number {
  const [dLat, dLon] = [(b.lat - a.lat) * RADIANS, (b.lon - a.lon) * RADIANS];
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}

type Ring = [number, number][];

/** A closed ring around `centre`, `radiusM` metres away. */
export function circle(centre: Point, radiusM: number, corners = 48): Ring {
  const ring = Array.from({ length: corners }, (_, i) =>
    offset(centre, radiusM, (360 * i) / corners),
  );
  return [...ring, ring[0] ?? centre].map(({ lon, lat }) => [lon, lat]);
}

/** A closed wedge: what a camera that looks to `headingDeg` with `fovDeg` can have in view. */
export function wedge(from: Point, headingDeg: number, fovDeg: number, rangeM: number): Ring {
  const steps = 12;
  const arc = Array.from({ length: steps + 1 }, (_, i) =>
    offset(from, rangeM, headingDeg - fovDeg / 2 + (fovDeg * i) / steps),
  );
  return [from, ...arc, from].map(({ lon, lat }) => [lon, lat]);
}
