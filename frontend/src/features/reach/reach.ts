/** Drive-time areas: asked in one request, brought into one shape whatever the centre's version. */

import { get } from '@/shared/api/client';
import type { ReachBand } from '@/shared/geo/mapBus';
import type { Point } from '@/shared/wire/types';

export const MINUTES = [3, 5, 10] as const;
export const PROFILES = [
  'patrol',
  'motorcycle',
  'ambulance',
  'fire_engine',
  'car',
  'foot',
] as const;
export type Profile = (typeof PROFILES)[number];

export interface Reach {
  bands: ReachBand[];
  estimated: boolean;
}

interface Band {
  seconds: number;
  geometry: GeoJSON.Geometry;
  estimated?: boolean;
}

export interface IsochroneAnswer extends Band {
  bands?: Band[];
}

export async function askReach({ lon, lat }: Point, profile: Profile): Promise<Reach> {
  const minutes = MINUTES.map((one) => `minutes=${one}`).join('&');
  return reachOf(
    await get<IsochroneAnswer>(`/isochrone?${minutes}&lon=${lon}&lat=${lat}&profile=${profile}`),
  );
}

export function reachOf(answer: IsochroneAnswer): Reach {
  const bands = answer.bands?.length ? answer.bands : [answer];
  return {
    bands: bands.map(({ seconds, geometry }) => ({ minutes: Math.round(seconds / 60), geometry })),
    estimated: [answer, ...bands].some((one) => one.estimated === true),
  };
}

const EARTH_KM = 6_371.0088;
const RADIANS = Math.PI / 180;

/** The area of one ring on the sphere, km²; good to a fraction of a percent at city scale. */
function ringKm2(ring: GeoJSON.Position[]): number {
  let sum = 0;
  for (const [index, [lon = 0, lat = 0]] of ring.entries()) {
    const [nextLon = 0, nextLat = 0] = ring[(index + 1) % ring.length] ?? [];
    sum += (nextLon - lon) * RADIANS * (2 + Math.sin(lat * RADIANS) + Math.sin(nextLat * RADIANS));
  }
  return Math.abs((sum * EARTH_KM ** 2) / 2);
}

const polygonKm2 = ([outer = [], ...holes]: GeoJSON.Position[][]): number =>
  ringKm2(outer) - holes.reduce((sum, hole) => sum + ringKm2(hole), 0);

export function areaKm2(geometry: GeoJSON.Geometry): number {
  if (geometry.type === 'Polygon') return polygonKm2(geometry.coordinates);
  if (geometry.type !== 'MultiPolygon') return 0;
  return geometry.coordinates.reduce((sum, polygon) => sum + polygonKm2(polygon), 0);
}
