// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { areaKm2, reachOf } from '@/features/reach/reach';
import { circle, offset } from '@/shared/geo/shapes';
import type { Step } from '@/shared/wire/answers';
import { arrowDegrees, metresTo, nextTurn } from './turns';

const START = { lon: -57.63, lat: -25.28 };
const step = (metresOn: number, manoeuvre: string, metres: number): Step => ({
  instruction: manoeuvre,
  manoeuvre,
  street: null,
  seconds: 10,
  metres,
  ...offset(START, metresOn, 90),
});
const STEPS = [
  step(0, 'depart', 200),
  step(200, 'right', 300),
  step(500, 'left', 100),
  step(600, 'arrive', 0),
];
const along = (metres: number) => offset(START, metres, 90);

describe('the next turn', () => {
  it('is the first one at the start and the one after it once it is driven', () => {
    expect(nextTurn(STEPS, along(0), 1)).toBe(1);
    expect(nextTurn(STEPS, along(150), 1)).toBe(1);
    expect(nextTurn(STEPS, along(190), 1)).toBe(2);
  });

  it('never goes back, and ends at the arrival', () => {
    expect(nextTurn(STEPS, along(100), 2)).toBe(2);
    expect(nextTurn(STEPS, along(600), 3)).toBe(3);
    expect(nextTurn(STEPS, null, 9)).toBe(3);
  });

  it('says how far it is, from where one is or as the route has it', () => {
    expect(metresTo(STEPS, 1, along(80))).toBeCloseTo(120, 0);
    expect(metresTo(STEPS, 2, null)).toBe(300);
  });

  it('turns the arrow to the side', () => {
    expect(['continue', 'right', 'sharp_left'].map(arrowDegrees)).toEqual([0, 90, -135]);
  });
});

describe('how far one gets', () => {
  const disc = (metres: number): GeoJSON.Polygon => ({
    type: 'Polygon',
    coordinates: [circle(START, metres, 360)],
  });

  it('measures an area as the sphere has it, holes left out', () => {
    expect(areaKm2(disc(1_000))).toBeCloseTo(Math.PI, 2);
    const ring: GeoJSON.Polygon = {
      type: 'Polygon',
      coordinates: [...disc(1_000).coordinates, ...disc(500).coordinates],
    };
    expect(areaKm2(ring)).toBeCloseTo(Math.PI * 0.75, 2);
    expect(areaKm2({ type: 'MultiPolygon', coordinates: [ring.coordinates] })).toBe(areaKm2(ring));
  });

  it('takes several bands or a single one, and says when one is an estimate', () => {
    const band = (seconds: number, estimated = false) => ({
      seconds,
      geometry: disc(9),
      estimated,
    });
    expect(reachOf({ ...band(180), bands: [band(180), band(300, true)] })).toMatchObject({
      bands: [{ minutes: 3 }, { minutes: 5 }],
      estimated: true,
    });
    expect(reachOf(band(600)).bands.map(({ minutes }) => minutes)).toEqual([10]);
  });
});
