/** What other parts of a page ask of its map: centre here, point at a place, draw, show marks. */

import { createStore } from 'zustand/vanilla';
import type { Place, Point } from '@/shared/wire/types';

export type DrawingShape = 'line' | 'area' | 'point';

export interface Drawing {
  shape: DrawingShape;
  points: readonly Point[];
  /** Of a point: how far around it reaches, metres. */
  radiusM: number;
}

/** A drive-time area with what stands on its edge. */
export interface ReachBand {
  minutes: number;
  geometry: GeoJSON.Geometry;
}

export interface MapAsk {
  /** Raised by one with each new wish to centre, so that the same point may be asked for twice. */
  centre: { point: Point; nonce: number } | null;
  /** Told where the person clicked; null when pointing was given up. */
  picking: ((point: Point | null) => void) | null;
  /** Marks that belong to no object yet: candidates of a search, a found address. */
  marks: readonly { place: Place; label: string }[];
  /** What the person is drawing: each click on the map adds a corner. */
  drawing: Drawing | null;
  reach: readonly ReachBand[];
  /** The middle of what the map shows; null while there is no map. */
  view: Point | null;
}

export const mapAsk = createStore<MapAsk>(() => ({
  centre: null,
  picking: null,
  marks: [],
  drawing: null,
  reach: [],
  view: null,
}));

export function centreOn(point: Point): void {
  mapAsk.setState(({ centre }) => ({ centre: { point, nonce: (centre?.nonce ?? 0) + 1 } }));
}

export function showMarks(marks: MapAsk['marks']): void {
  mapAsk.setState({ marks });
}

export function showReach(reach: MapAsk['reach']): void {
  mapAsk.setState({ reach });
}

/** Ask for one click on the map; a second ask ends the first. */
export function pickPoint(): Promise<Point | null> {
  stopPicking();
  return new Promise((resolve) => {
    mapAsk.setState({
      picking: (point) => {
        mapAsk.setState({ picking: null });
        resolve(point);
      },
    });
  });
}

export function stopPicking(): void {
  mapAsk.getState().picking?.(null);
}

export function startDrawing(shape: DrawingShape, radiusM: number): void {
  stopPicking();
  mapAsk.setState({ drawing: { shape, points: [], radiusM } });
}

export function changeDrawing(change: (now: Drawing) => Partial<Drawing>): void {
  mapAsk.setState(({ drawing }) => ({
    drawing: drawing === null ? null : { ...drawing, ...change(drawing) },
  }));
}

/** Add a corner; a point has one place only. */
export function addCorner(point: Point): void {
  changeDrawing(({ shape, points }) => ({
    points: shape === 'point' ? [point] : [...points, point],
  }));
}

export function moveCorner(index: number, to: Point): void {
  changeDrawing(({ points }) => ({ points: points.map((one, at) => (at === index ? to : one)) }));
}

export function takeCornerBack(): void {
  changeDrawing(({ points }) => ({ points: points.slice(0, -1) }));
}

export function stopDrawing(): void {
  mapAsk.setState({ drawing: null });
}
