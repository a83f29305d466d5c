/** Open incidents that a call may be about: near in space, young in time. */

import { distanceM } from '@/shared/geo/shapes';
import type { Call, Incident, Picture, Point } from '@/shared/wire/types';

export const NEAR_M = 400;
export const YOUNG_S = 2 * 3_600;
const MOST = 5;

export interface NearIncident {
  incident: Incident;
  distanceM: number;
}

export function nearIncidents(call: Call, picture: Picture, nowMs: number): NearIncident[] {
  const { location } = call;
  if (location === null) return [];
  return Object.values(picture.incidents)
    .filter((incident) => (nowMs - Date.parse(incident.opened_at)) / 1_000 <= YOUNG_S)
    .flatMap((incident) =>
      incident.location === null
        ? []
        : [{ incident, distanceM: distanceM(location, incident.location) }],
    )
    .filter((near) => near.distanceM <= NEAR_M + location.uncertainty_m)
    .sort((a, b) => a.distanceM - b.distanceM)
    .slice(0, MOST);
}

/** Open incidents around a point, the nearest first. */
export function nearIncidentsOf(point: Point, incidents: Picture['incidents']): Incident[] {
  const away = (incident: Incident) =>
    incident.location === null ? Infinity : distanceM(point, incident.location);
  return Object.values(incidents)
    .filter((incident) => away(incident) <= NEAR_M)
    .sort((a, b) => away(a) - away(b))
    .slice(0, MOST);
}
