// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  addCorner,
  mapAsk,
  moveCorner,
  startDrawing,
  stopDrawing,
  takeCornerBack,
} from '@/shared/geo/mapBus';
import { distanceM } from '@/shared/geo/shapes';
import { aClosure, aLayer } from '@/shared/testing/builders';
import type { Closure } from '@/shared/wire/types';
import { agencyTiles, featureWords } from './agency';
import {
  byForce,
  closureFeatures,
  cornersOf,
  draftFeatures,
  drawnGeometry,
  inForce,
  middleOf,
} from './closures';
import { readLayers } from './layersStore';
import { isOverlay } from './overlays';

const NOW = Date.parse('2026-11-22T14:10:00.000Z');
const A = { lon: -57.63, lat: -25.28 };
const B = { lon: -57.62, lat: -25.28 };
const C = { lon: -57.62, lat: -25.27 };

const cornersAt = (feature: GeoJSON.Feature | undefined): GeoJSON.Position =>
  feature?.geometry.type === 'Polygon' ? (feature.geometry.coordinates[0]?.[0] ?? []) : [];

describe('a closed road', () => {
  it('is in force from its beginning to its end', () => {
    const until = '2026-11-22T14:10:00.000Z';
    expect([
      inForce(aClosure(), NOW),
      inForce(aClosure({ until }), NOW - 1),
      inForce(aClosure({ until }), NOW),
      inForce(aClosure({ from: '2026-11-22T15:00:00.000Z' }), NOW),
    ]).toEqual([true, true, false, false]);
  });

  it('is drawn with its reason and age, and not at all before and after', () => {
    const { features } = closureFeatures([aClosure()], NOW);
    expect(features.map(({ geometry }) => geometry.type)).toEqual(['LineString', 'Point']);
    expect(features[1]?.properties).toMatchObject({
      label: 'Raudal · 10\u00a0min',
      type: 'closure',
    });
    expect(closureFeatures([aClosure({ until: aClosure().from })], NOW).features).toEqual([]);
  });

  it('reaches as far around a point as it says', () => {
    const geometry: Closure['geometry'] = { type: 'Point', coordinates: [A.lon, A.lat] };
    const [area] = closureFeatures([aClosure({ geometry, radius_m: 80 })], NOW).features;
    const [lon = 0, lat = 0] = cornersAt(area);
    expect(distanceM(A, { lon, lat })).toBeCloseTo(80, 1);
    expect(area?.properties?.shape).toBe('area');
  });

  it('comes in the list before those that are over', () => {
    const over = aClosure({ id: 'over', until: aClosure().from });
    expect([over, aClosure()].toSorted(byForce(NOW)).map(({ id }) => id)).toEqual([
      'closure-1',
      'over',
    ]);
  });
});

describe('drawing', () => {
  const drawing = () => mapAsk.getState().drawing;

  it('adds, moves and takes back corners, and is sent once there are enough', () => {
    startDrawing('line', 40);
    addCorner(A);
    expect(drawing() && drawnGeometry(drawing() as never)).toBeNull();
    addCorner(C);
    moveCorner(1, B);
    expect(drawnGeometry(drawing() as never)).toEqual({
      type: 'LineString',
      coordinates: [
        [A.lon, A.lat],
        [B.lon, B.lat],
      ],
    });
    takeCornerBack();
    expect(drawing()?.points).toEqual([A]);
    stopDrawing();
    addCorner(A);
    expect(drawing()).toBeNull();
  });

  it('closes the ring of an area, and gives its corners back without the closing one', () => {
    const area = drawnGeometry({ shape: 'area', points: [A, B, C], radiusM: 40 });
    expect((area as GeoJSON.Polygon).coordinates[0]).toHaveLength(4);
    expect(cornersOf(area as Closure['geometry'])).toEqual([A, B, C]);
    expect(drawnGeometry({ shape: 'area', points: [A, B], radiusM: 40 })).toBeNull();
    expect(middleOf(area as Closure['geometry']).lat).toBeCloseTo((A.lat + B.lat + C.lat) / 3);
  });

  it('goes to the first of several areas', () => {
    const ring = [A, B, C, A].map(({ lon, lat }) => [lon, lat]);
    const several: Closure['geometry'] = { type: 'MultiPolygon', coordinates: [[ring], [ring]] };
    expect(cornersOf(several)).toEqual([A, B, C]);
    const [shape] = closureFeatures([aClosure({ geometry: several })], NOW).features;
    expect([shape?.geometry.type, shape?.properties?.shape]).toEqual(['MultiPolygon', 'area']);
  });

  it('keeps one place for a point, and shows how far it reaches', () => {
    startDrawing('point', 40);
    addCorner(A);
    addCorner(B);
    expect(drawing()?.points).toEqual([B]);
    const kinds = draftFeatures(drawing()).features.map(({ geometry }) => geometry.type);
    expect(kinds).toEqual(['Polygon', 'Point']);
    stopDrawing();
    expect(draftFeatures(null).features).toEqual([]);
  });
});

describe('layers', () => {
  it('takes up what was stored, but never following, and nothing that makes no sense', () => {
    const stored = { units: false, follow: true, zones: ['barrio', 7], agency: 'all' };
    expect(readLayers(JSON.stringify(stored))).toMatchObject({
      units: false,
      cameras: true,
      follow: false,
      zones: ['barrio'],
      agency: [],
    });
    for (const text of [null, 'null', '{', '[]']) expect(readLayers(text).closures).toBe(true);
  });

  it('gives another version another address', () => {
    const tiles = (version: number) =>
      (agencyTiles(aLayer({ version }), 'http://centre') as { tiles: string[] }).tiles;
    expect(tiles(3)).toEqual(['http://centre/tiles/hidrantes/{z}/{x}/{y}.mvt?v=3']);
    expect(tiles(4)).not.toEqual(tiles(3));
  });

  it('leaves zones and removed layers to others', () => {
    expect([
      isOverlay(aLayer()),
      isOverlay(aLayer({ kind: 'zone' })),
      isOverlay(aLayer({ published: null })),
    ]).toEqual([true, false, false]);
  });

  it('tells a feature in words, hostile ones as they are', () => {
    const properties = {
      feature_id: '7',
      name: 'x',
      nota: '<b>hola</b>',
      litros: 9,
      odd: {},
      no: '',
    };
    expect(featureWords(properties)).toEqual([
      ['nota', '<b>hola</b>'],
      ['litros', '9'],
    ]);
  });
});
