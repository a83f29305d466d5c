// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { aCall, aCamera, anAssignment, anIncident, aUnit } from '@/shared/testing/builders';
import type { CallFix } from '@/shared/wire/types';
import { EMPTY_PICTURE } from '@/situation/fold';
import {
  areaFeatures,
  fixFeatures,
  incidentFeatures,
  placeOf,
  unitFeature,
  unitFeatures,
} from './features';

const NOW = Date.parse('2026-11-22T14:10:00.000Z');
const fix = (ageS: number) => ({
  lon: -57.63,
  lat: -25.28,
  occurred_at: new Date(NOW - ageS * 1_000).toISOString(),
  recorded_at: new Date(NOW).toISOString(),
  accuracy_m: 8,
  speed_mps: null,
  heading_deg: null,
});
const drawn = (ageS: number, unit = aUnit()) => unitFeature(unit, fix(ageS), NOW)?.properties;

describe('units on the map', () => {
  it('never draws an old position like a fresh one', () => {
    expect(drawn(8)).toMatchObject({
      image: 'unit-triangle-normal-solid',
      label: 'B12',
      opacity: 1,
    });
    expect(drawn(45)).toMatchObject({
      image: 'unit-triangle-normal-hollow',
      label: 'B12 · 45\u00a0s',
    });
    expect(drawn(190)).toMatchObject({
      image: 'unit-triangle-off-hollow',
      label: 'B12 · 3\u00a0min',
      opacity: 0.45,
    });
    expect(drawn(901)).toBeUndefined();
  });

  it('says by shape whose unit it is and by fill whether it is on its way', () => {
    const ambulance = aUnit({
      kind: 'ambulance',
      activity: 'en_route',
      availability: 'not_available',
    });
    expect(drawn(1, ambulance)?.image).toBe('unit-square-standby-ring');
    expect(drawn(1, { ...ambulance, activity: 'on_scene' })?.image).toBe(
      'unit-square-standby-solid',
    );
  });

  it('draws an emergency in full however old it is', () => {
    expect(drawn(300, aUnit({ emergency: true }))).toMatchObject({
      image: 'unit-triangle-critical-hollow',
      opacity: 1,
    });
  });

  it('leaves out units without a position', () => {
    expect(unitFeatures({ ...EMPTY_PICTURE, units: { u: aUnit() } }, {}, NOW).features).toEqual([]);
  });
});

describe('incidents and places', () => {
  const incident = anIncident({ id: 'i', priority: 2 });
  const picture = {
    ...EMPTY_PICTURE,
    incidents: { i: incident },
    cameras: { c: aCamera({ id: 'c' }) },
  };

  it('tells incidents that nobody is assigned to apart', () => {
    expect(incidentFeatures(picture).features[0]?.properties?.image).toBe('incident-2-alone');
    const met = { ...incident, assignments: [anAssignment()] };
    expect(
      incidentFeatures({ ...picture, incidents: { i: met } }).features[0]?.properties?.image,
    ).toBe('incident-2-met');
  });

  it('draws the uncertainty of the selected incident and the view of the selected camera', () => {
    for (const selected of [
      { type: 'incident', id: 'i' } as const,
      { type: 'camera', id: 'c' } as const,
    ])
      expect(areaFeatures(selected, picture, {}, []).features).toHaveLength(1);
    expect(areaFeatures(null, picture, {}, []).features).toEqual([]);
  });

  it('knows where the selected thing is, or that it does not know', () => {
    expect(placeOf({ type: 'incident', id: 'i' }, picture, {})).toEqual(incident.location);
    expect(placeOf({ type: 'unit', id: 'u' }, picture, {})).toBeNull();
    expect(placeOf({ type: 'call', id: 'gone' }, picture, {})).toBeNull();
  });
});

it('draws every place of a caller and the way of the handset between them', () => {
  const at = (id: string, method: 'handset' | 'network', minute: number, lon: number): CallFix => ({
    id,
    method,
    source: 'aml',
    location: { lon, lat: -25.28, uncertainty_m: 20, confidence: 0.9 },
    address: null,
    measured_at: `2026-11-22T14:0${minute}:00.000Z`,
    received_at: `2026-11-22T14:0${minute}:01.000Z`,
    accepted_at: null,
    accepted_by: null,
    speed_mps: null,
    heading_deg: null,
    better: false,
  });
  const call = aCall({
    fixes: [
      at('b', 'handset', 3, -57.61),
      at('n', 'network', 2, -57.7),
      at('a', 'handset', 1, -57.63),
    ],
  });
  const drawn = fixFeatures(call);
  expect(drawn.map((one) => one.geometry.type)).toEqual([
    'Polygon',
    'Polygon',
    'Polygon',
    'Point',
    'Point',
    'Point',
    'LineString',
  ]);
  expect(drawn.at(-1)?.geometry).toMatchObject({
    coordinates: [
      [-57.63, -25.28],
      [-57.61, -25.28],
    ],
  });
  expect(fixFeatures(aCall())).toEqual([]);
});
