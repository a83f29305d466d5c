/** Signs of the basemap and of closed roads: places by shape and colour, arrows, road plates, the hatch. */

import type { StyleImageMetadata } from 'maplibre-gl';
import type { Ink } from './flavors';

type Context = CanvasRenderingContext2D;

/** The plate of a road number: its middle stretches with the text. In pixels of the drawn image. */
export const SHIELD: Partial<StyleImageMetadata> = {
  stretchX: [[16, 32]],
  stretchY: [[16, 32]],
  content: [6, 6, 42, 42],
};

export function drawShield(context: Context, ink: Ink): void {
  context.beginPath();
  context.roundRect(1.5, 1.5, 21, 21, 4);
  context.fillStyle = ink.shield;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = ink.shieldEdge;
  context.stroke();
}

/** Stripes under 45 degrees that meet themselves at the edges of the tile. */
export function drawHatch(context: Context, size: number, ink: Ink): void {
  context.strokeStyle = ink.closure;
  context.lineWidth = 3;
  for (const from of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(from - 2, size + 2);
    context.lineTo(from + size + 2, -2);
    context.stroke();
  }
}

const CROSS = 'M10 5H14V10H19V14H14V19H10V14H5V10H10Z';
const FLAME =
  'M12 3C13 8 18 9.5 18 14.5A6 6 0 0 1 6 14.5C6 11 8.5 10 9 7 10.5 8 11.5 9.5 11.5 11 12.5 8.5 12.5 6 12 3Z';
const BADGE = 'M12 2.5 20 5.5V12C20 17 16 20 12 21.5 8 20 4 17 4 12V5.5Z';
const DROP = 'M12 3C15 8 18 11 18 14.5A6 6 0 0 1 6 14.5C6 11 9 8 12 3Z';

/** A filled plate with its sign cut out: hospital, clinic (ring), ambulance. */
function plate(context: Context, ink: Ink, paint: string, sign: string, round: boolean): void {
  context.beginPath();
  if (round) context.arc(12, 12, 10, 0, 2 * Math.PI);
  else context.roundRect(2, 2, 20, 20, 4);
  context.strokeStyle = ink.halo;
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = paint;
  context.fill();
  context.fillStyle = ink.halo;
  context.fill(new Path2D(sign));
}

/** A free-standing sign with a rim of the ground's colour. */
function sign(context: Context, ink: Ink, paint: string, path: string): void {
  const shape = new Path2D(path);
  context.strokeStyle = ink.halo;
  context.lineWidth = 4;
  context.stroke(shape);
  context.fillStyle = paint;
  context.fill(shape);
}

/** A clinic is the hospital's sign in outline: less of the same. */
function outlined(context: Context, ink: Ink, paint: string, path: string): void {
  context.beginPath();
  context.roundRect(3, 3, 18, 18, 4);
  context.fillStyle = ink.halo;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = paint;
  context.stroke();
  context.fillStyle = paint;
  context.fill(new Path2D(path));
}

const PLACES: Record<string, (context: Context, ink: Ink) => void> = {
  'poi-hospital': (c, ink) => plate(c, ink, ink.hospital, CROSS, false),
  'poi-ambulance_station': (c, ink) => plate(c, ink, ink.hospital, CROSS, true),
  'poi-clinic': (c, ink) => outlined(c, ink, ink.hospital, CROSS),
  'poi-pharmacy': (c, ink) => sign(c, ink, ink.hospital, CROSS),
  'poi-defibrillator': (c, ink) => sign(c, ink, ink.hospital, 'M13 3 6 13.5H11L10 21 18 10H12.5Z'),
  'poi-police': (c, ink) => sign(c, ink, ink.police, BADGE),
  'poi-fire_station': (c, ink) => plate(c, ink, ink.fire, FLAME, false),
  'poi-fire_hydrant': (c, ink) => sign(c, ink, ink.fire, DROP),
  'poi-fuel': (c, ink) => sign(c, ink, ink.place, DROP),
  arrow: (c, ink) => sign(c, ink, ink.arrow, 'M2 10.6H14.5V6.5L22 12 14.5 17.5V13.4H2Z'),
  closure,
};

export function drawPlace(context: Context, name: string, ink: Ink): void {
  (PLACES[name] ?? dot)(context, ink);
}

function dot(context: Context, ink: Ink): void {
  context.beginPath();
  context.arc(12, 12, 4.5, 0, 2 * Math.PI);
  context.lineWidth = 3;
  context.strokeStyle = ink.halo;
  context.stroke();
  context.fillStyle = ink.place;
  context.fill();
}

/** No entry: a disc with a bar. */
function closure(context: Context, ink: Ink): void {
  context.beginPath();
  context.arc(12, 12, 9.5, 0, 2 * Math.PI);
  context.lineWidth = 3;
  context.strokeStyle = ink.halo;
  context.stroke();
  context.fillStyle = ink.closure;
  context.fill();
  context.fillStyle = ink.halo;
  context.fillRect(6, 10, 12, 4);
}
