/** The made-up centre's recommendation. */

import { distanceM } from '../src/shared/geo/shapes.ts';
import type { Id } from '../src/shared/wire/types.ts';
import { CENTRE, nowText, type World } from './world.ts';

/** Free units by a guessed travel time, in the shape of the recommendation. */
export function recommend({ picture, live }: World, incident: Id) {
  const to = picture.incidents[incident]?.location ?? CENTRE;
  const units = Object.values(picture.units)
    .filter((unit) => unit.availability === 'available')
    .map((unit) => {
      const fix = live[`unit:${unit.id}`] as {
        lon: number;
        lat: number;
        occurred_at: string;
      };
      const metres = distanceM(fix, to) * 1.35;
      return {
        unit_id: unit.id,
        callsign: unit.callsign,
        role: unit.capabilities[0],
        eta_s: metres / 8.5,
        distance_m: metres,
        position_age_s: (Date.now() - Date.parse(fix.occurred_at)) / 1_000,
        reasons: [{ code: 'capable', capability: unit.capabilities[0] } as object],
      };
    })
    .sort((a, b) => a.eta_s - b.eta_s);
  for (const [place, unit] of units.slice(0, 2).entries())
    unit.reasons = [
      place === 0
        ? { code: 'soonest', capability: unit.role, of: units.length }
        : { code: 'ranked', capability: unit.role, of: units.length, place: place + 1 },
    ];
  return {
    plan: {},
    units: units.slice(0, 2),
    runners_up: units.slice(2),
    shortfalls: [{ capability: 'rescue', missing: 1, reason: 'all_busy' }],
    as_of: nowText(),
  };
}
