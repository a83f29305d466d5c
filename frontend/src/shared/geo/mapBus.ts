/** What other parts of a page ask of its map: centre here, let the person point at a place. */

import { createStore } from 'zustand/vanilla';
import type { Place, Point } from '@/shared/wire/types';

export interface MapAsk {
  /** Raised by one with each new wish to centre, so that the same point may be asked for twice. */
  centre: { point: Point; nonce: number } | null;
  /** Told where the person clicked; null when pointing was given up. */
  picking: ((point: Point | null) => void) | null;
  /** Marks that belong to no object yet: candidates of a search, a found address. */
  marks: readonly { place: Place; label: string }[];
}

export const mapAsk = createStore<MapAsk>(() => ({ centre: null, picking: null, marks: [] }));

export function centreOn(point: Point): void {
  mapAsk.setState(({ centre }) => ({ centre: { point, nonce: (centre?.nonce ?? 0) + 1 } }));
}

export function showMarks(marks: MapAsk['marks']): void {
  mapAsk.setState({ marks });
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
