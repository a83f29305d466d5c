// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { centreOn, mapAsk, pickPoint, stopPicking } from './mapBus';
import { circle, distanceM, offset, wedge } from './shapes';

const ASUNCION = { lon: -57.6333, lat: -25.2822 };

describe('shapes', () => {
  it('goes as far as it is told, in every direction', () => {
    for (const bearing of [0, 45, 90, 180, 275])
      expect(distanceM(ASUNCION, offset(ASUNCION, 500, bearing))).toBeCloseTo(500, 3);
    expect(offset(ASUNCION, 500, 90).lon).toBeGreaterThan(ASUNCION.lon);
    expect(offset(ASUNCION, 500, 0).lat).toBeGreaterThan(ASUNCION.lat);
  });

  it('closes its rings', () => {
    for (const ring of [circle(ASUNCION, 30), wedge(ASUNCION, 90, 60, 80)])
      expect(ring[0]).toEqual(ring.at(-1));
  });
});

describe('pointing at the map', () => {
  it('answers with the clicked point, and null when given up or asked anew', async () => {
    const first = pickPoint();
    const second = pickPoint();
    expect(await first).toBeNull();
    mapAsk.getState().picking?.(ASUNCION);
    expect(await second).toEqual(ASUNCION);
    const third = pickPoint();
    stopPicking();
    expect(await third).toBeNull();
    expect(mapAsk.getState().picking).toBeNull();
  });

  it('can centre on the same point twice', () => {
    centreOn(ASUNCION);
    const before = mapAsk.getState().centre?.nonce ?? 0;
    centreOn(ASUNCION);
    expect(mapAsk.getState().centre?.nonce).toBe(before + 1);
  });
});
