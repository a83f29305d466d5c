/** From the picture to what the map draws: pure, GeoJSON out. */

import type { ReachBand } from '@/shared/geo/mapBus';
import { circle, wedge } from '@/shared/geo/shapes';
import { formatAge, shortNumber } from '@/shared/time/format';
import { isHollow, shapeOfUnit, type Tone, toneOfUnit } from '@/shared/ui/marks';
import type {
  Call,
  CameraHealth,
  Id,
  LiveValues,
  Picture,
  Place,
  Point,
  Unit,
  UnitFix,
} from '@/shared/wire/types';
import { freshness, isUnassigned } from '@/situation/order';
import type { Selected } from '@/situation/selection';
import { cameraHealth, unitFix } from '@/situation/store';
import { type Fill, unitImageName } from './images';

export interface Collection {
  type: 'FeatureCollection';
  features: GeoJSON.Feature[];
}

const collection = (features: (GeoJSON.Feature | null)[]): Collection => ({
  type: 'FeatureCollection',
  features: features.filter((feature) => feature !== null),
});

const atPoint = ({ lon, lat }: Point, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
});

const ring = (coordinates: [number, number][]): GeoJSON.Feature => ({
  type: 'Feature',
  geometry: { type: 'Polygon', coordinates: [coordinates] },
  properties: {},
});

const OPACITY = { fresh: 1, ageing: 1, stale: 0.45, gone: 0 } as const;

/** Units whose position is not too old for a map; the age stands in the label once it matters. */
export function unitFeatures(picture: Picture, live: LiveValues, nowMs: number): Collection {
  return collection(
    Object.values(picture.units).map((unit) => {
      const fix = unitFix(live, unit.id);
      return fix === undefined ? null : unitFeature(unit, fix, nowMs);
    }),
  );
}

export function unitFeature(unit: Unit, fix: UnitFix, nowMs: number): GeoJSON.Feature | null {
  const ageS = (nowMs - Date.parse(fix.occurred_at)) / 1_000;
  const age = freshness(ageS);
  if (age === 'gone') return null;
  const fresh = age === 'fresh';
  return atPoint(fix, {
    id: unit.id,
    type: 'unit',
    image: unitImageName({
      shape: shapeOfUnit(unit),
      tone: age === 'stale' && !unit.emergency ? 'off' : toneOfUnit(unit),
      fill: fillOf(unit, fresh),
    }),
    label: fresh ? unit.callsign : `${unit.callsign} · ${formatAge(ageS)}`,
    opacity: unit.emergency ? 1 : OPACITY[age],
    rank: unit.emergency ? 100 : unit.assignment ? 10 : 1,
  });
}

function fillOf(unit: Unit, fresh: boolean): Fill {
  if (!fresh) return 'hollow';
  return isHollow(unit) ? 'ring' : 'solid';
}

export function incidentFeatures(picture: Picture): Collection {
  return collection(
    Object.values(picture.incidents).map((incident) =>
      incident.location === null
        ? null
        : atPoint(incident.location, {
            id: incident.id,
            type: 'incident',
            image: `incident-${incident.priority}-${isUnassigned(incident) ? 'alone' : 'met'}`,
            number: shortNumber(incident.number),
            rank: 10 - incident.priority,
          }),
    ),
  );
}

/** Calls that are not yet part of an incident. */
export function callFeatures(picture: Picture): Collection {
  return collection(
    Object.values(picture.calls).map((call) =>
      call.location === null || call.state === 'linked'
        ? null
        : atPoint(call.location, { id: call.id, type: 'call' }),
    ),
  );
}

export function toneOfCamera(health: CameraHealth | undefined, enabled: boolean): Tone {
  if (!enabled || health === undefined || health.state === 'offline') return 'off';
  return health.state === 'live' ? 'standby' : 'caution';
}

export function cameraFeatures(picture: Picture, live: LiveValues): Collection {
  return collection(
    Object.values(picture.cameras).map((camera) =>
      atPoint(camera.location, {
        id: camera.id,
        type: 'camera',
        name: camera.name,
        image: `camera-${toneOfCamera(cameraHealth(live, camera.id), camera.enabled)}`,
      }),
    ),
  );
}

export function markFeatures(marks: readonly { place: Place; label: string }[]): Collection {
  return collection(
    marks.map(({ place, label }, index) =>
      atPoint(place, { id: String(index), type: 'mark', label }),
    ),
  );
}

/** Where the selected thing is, if that is known. */
export function placeOf(selected: Selected, picture: Picture, live: LiveValues): Point | null {
  if (selected === null) return null;
  const { id } = selected;
  switch (selected.type) {
    case 'unit':
      return unitFix(live, id) ?? null;
    case 'camera':
      return picture.cameras[id]?.location ?? null;
    case 'incident':
      return picture.incidents[id]?.location ?? null;
    case 'call':
      return picture.calls[id]?.location ?? null;
    case 'alarm':
      return picture.alarms[id]?.location ?? null;
  }
}

/** Drive-time areas, the widest first so that the nearest lies on top. */
export function reachFeatures(bands: readonly ReachBand[]): Collection {
  const sorted = bands.toSorted((a, b) => a.minutes - b.minutes);
  return collection(
    sorted
      .map(
        ({ minutes, geometry }, band): GeoJSON.Feature => ({
          type: 'Feature',
          geometry,
          properties: { band, label: `${minutes}\u00a0min` },
        }),
      )
      .reverse(),
  );
}

export function selectionFeature(point: Point | null): Collection {
  return collection([point && atPoint(point, {})]);
}

/** The uncertainty of what is selected, a camera's view, a unit's accuracy, and the marks' circles. */
export function areaFeatures(
  selected: Selected,
  picture: Picture,
  live: LiveValues,
  marks: readonly { place: Place }[],
): Collection {
  const circles = marks.map(({ place }) => ring(circle(place, place.uncertainty_m)));
  const call = selected?.type === 'call' ? picture.calls[selected.id] : undefined;
  return collection([selectedArea(selected, picture, live), ...circles, ...fixFeatures(call)]);
}

/** Every place a caller was said to be at, and the way between those of the handset. */
export function fixFeatures(call: Call | undefined): GeoJSON.Feature[] {
  const fixes = (call?.fixes ?? []).toSorted((a, b) => (a.measured_at < b.measured_at ? -1 : 1));
  const way = fixes.filter((fix) => fix.method === 'handset');
  const line = way.map(({ location: { lon, lat } }): [number, number] => [lon, lat]);
  return [
    ...fixes.map(({ location }) => ring(circle(location, location.uncertainty_m))),
    ...fixes.map(({ location }) => atPoint(location, {})),
    ...(line.length > 1
      ? [
          {
            type: 'Feature' as const,
            geometry: { type: 'LineString' as const, coordinates: line },
            properties: {},
          },
        ]
      : []),
  ];
}

function selectedArea(selected: Selected, picture: Picture, live: LiveValues) {
  if (selected === null) return null;
  const { id, type } = selected;
  if (type === 'camera') return cameraArea(picture, id);
  if (type === 'unit') {
    const fix = unitFix(live, id);
    return fix?.accuracy_m ? ring(circle(fix, fix.accuracy_m)) : null;
  }
  const place = placeOf(selected, picture, live) as Call['location'];
  return place?.uncertainty_m ? ring(circle(place, place.uncertainty_m)) : null;
}

function cameraArea(picture: Picture, id: Id): GeoJSON.Feature | null {
  const camera = picture.cameras[id];
  if (!camera || camera.heading_deg === null || camera.fov_deg === null) return null;
  return ring(wedge(camera.location, camera.heading_deg, camera.fov_deg, camera.range_m ?? 60));
}
