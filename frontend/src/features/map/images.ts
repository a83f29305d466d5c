/** The map's marks, drawn once each on a canvas: shape, colour and fill as in the lists. */

import type { Map as GlMap } from 'maplibre-gl';
import type { Shape, Tone } from '@/shared/ui/marks';
import type { Ink } from './flavors';
import { drawHatch, drawPlace, drawShield, SHIELD } from './signs';

const RATIO = 2;
const SIZE = 24;
/** A power of two: patterns repeat without a seam. */
const HATCH = 16;

export type Fill = 'solid' | 'ring' | 'hollow';

export interface UnitImage {
  shape: Shape;
  tone: Tone;
  fill: Fill;
}

export const unitImageName = ({ shape, tone, fill }: UnitImage): string =>
  `unit-${shape}-${tone}-${fill}`;

/** Make sure that the map has the image called `name`; unknown names are ours to notice. */
export function ensureImage(map: GlMap, name: string, ink: Ink): void {
  if (map.hasImage(name)) return;
  const colour = coloursOf(map.getContainer());
  map.addImage(name, draw(name, colour, ink), {
    pixelRatio: RATIO,
    ...(name === 'shield' ? SHIELD : {}),
  });
}

/** Tokens as they are on the map's own ground, which may be light in a dark room's page. */
type Colours = (token: string) => string;

function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  return (token) => style.getPropertyValue(token).trim() || '#969faa';
}

function draw(name: string, colour: Colours, ink: Ink): ImageData {
  const canvas = document.createElement('canvas');
  const size = name === 'hatch' ? HATCH : SIZE;
  canvas.width = canvas.height = size * RATIO;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser cannot draw on a canvas.');
  context.scale(RATIO, RATIO);
  context.lineJoin = 'round';
  const [kind, ...rest] = name.split('-');
  if (kind === 'unit') drawUnit(context, rest as [Shape, Tone, Fill], colour);
  else if (kind === 'incident') drawIncident(context, rest as [string, string], colour);
  else if (kind === 'camera') drawCamera(context, rest[0] as Tone, colour);
  else if (kind === 'call') drawCall(context, colour);
  else if (kind === 'pin') drawPin(context, colour);
  else if (kind === 'hatch') drawHatch(context, HATCH, ink);
  else if (kind === 'shield') drawShield(context, ink);
  else drawPlace(context, name, ink);
  return context.getImageData(0, 0, size * RATIO, size * RATIO);
}

const PATHS: Record<Shape, string> = {
  diamond: 'M12 3.5 20.5 12 12 20.5 3.5 12Z',
  triangle: 'M12 3.5 20.5 19H3.5Z',
  square: 'M5 5H19V19H5Z',
  circle: 'M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 1 0 0-15Z',
  ring: 'M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 1 0 0-15Z',
  dash: 'M5 10H19V14H5Z',
};

function drawUnit(
  context: CanvasRenderingContext2D,
  [shape, tone, fill]: [Shape, Tone, Fill],
  colour: Colours,
) {
  const path = new Path2D(PATHS[shape]);
  const paint = colour(`--st-${tone}`);
  const ground = colour('--bg-0');
  context.strokeStyle = ground;
  context.lineWidth = 4;
  context.stroke(path);
  context.fillStyle = fill === 'solid' ? paint : ground;
  context.fill(path);
  context.strokeStyle = paint;
  context.lineWidth = fill === 'ring' ? 3 : 1.5;
  if (fill === 'hollow') context.setLineDash([3, 2]);
  context.stroke(path);
}

const PRIORITY_TOKEN = ['', '--st-critical', '--st-serious', '--st-caution', '--st-standby'];

/** A circle with the priority's digit; a white rim marks an incident that nobody is assigned to. */
function drawIncident(
  context: CanvasRenderingContext2D,
  [priority, who]: [string, string],
  colour: Colours,
) {
  context.beginPath();
  context.arc(12, 12, 9, 0, 2 * Math.PI);
  context.fillStyle = colour(PRIORITY_TOKEN[Number(priority)] ?? '--st-off');
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = who === 'alone' ? colour('--tx-1') : colour('--bg-0');
  context.stroke();
  context.fillStyle = colour('--on-status');
  context.font = "700 13px 'Noto Sans', sans-serif";
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(priority, 12, 12.5);
}

function drawCamera(context: CanvasRenderingContext2D, tone: Tone, colour: Colours) {
  const path = new Path2D('M5 8.5H14.5V15.5H5ZM15.5 11 19.5 8.5V15.5L15.5 13Z');
  context.strokeStyle = colour('--bg-0');
  context.lineWidth = 4;
  context.stroke(path);
  context.fillStyle = colour(tone === 'standby' ? '--tx-2' : `--st-${tone}`);
  context.fill(path);
}

function drawCall(context: CanvasRenderingContext2D, colour: Colours) {
  for (const [radius, width] of [
    [4, 3],
    [8.5, 2],
  ] as const) {
    context.beginPath();
    context.arc(12, 12, radius, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour('--st-serious');
    context.stroke();
  }
}

function drawPin(context: CanvasRenderingContext2D, colour: Colours) {
  const path = new Path2D('M12 21C8 15.5 6 12.5 6 9.5a6 6 0 1 1 12 0C18 12.5 16 15.5 12 21Z');
  context.strokeStyle = colour('--bg-0');
  context.lineWidth = 3;
  context.stroke(path);
  context.fillStyle = colour('--focus');
  context.fill(path);
}
