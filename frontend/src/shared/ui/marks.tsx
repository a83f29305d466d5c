/** Marks that say by shape as well as by colour. */

import { memo } from 'react';
import type { Activity, Priority, Unit } from '@/shared/wire/types';
import './marks.css';

export type Tone = 'critical' | 'serious' | 'caution' | 'normal' | 'standby' | 'off';
export type Shape = 'diamond' | 'triangle' | 'square' | 'circle' | 'ring' | 'dash';

const PATHS: Record<Exclude<Shape, 'ring'>, string> = {
  diamond: 'M8 1 15 8 8 15 1 8Z',
  triangle: 'M8 1.5 15 14H1Z',
  square: 'M2 2H14V14H2Z',
  circle: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13Z',
  dash: 'M1 7H15V9.5H1Z',
};

const SHAPE_OF_TONE: Record<Tone, Shape> = {
  critical: 'diamond',
  serious: 'triangle',
  caution: 'square',
  normal: 'circle',
  standby: 'ring',
  off: 'dash',
};

interface MarkProps {
  tone: Tone;
  shape?: Shape;
  hollow?: boolean;
  size?: number;
}

/** A decorative mark: the words beside it carry the meaning for screen readers. */
export const StatusMark = memo(function StatusMark({ tone, shape, hollow, size = 12 }: MarkProps) {
  const form = shape ?? SHAPE_OF_TONE[tone];
  const outline = form === 'ring' || hollow;
  return (
    <svg
      className={`mark tone-${tone}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path
        d={PATHS[form === 'ring' ? 'circle' : form]}
        fill={outline ? 'none' : 'currentColor'}
        stroke="currentColor"
        strokeWidth={outline ? 3 : 0}
        transform={outline ? 'translate(2 2) scale(.75)' : undefined}
      />
    </svg>
  );
});

export const PRIORITY_TONE: Record<Priority, Tone> = {
  1: 'critical',
  2: 'serious',
  3: 'caution',
  4: 'standby',
};

const PRIORITY_SHAPE: Record<Priority, Shape> = {
  1: 'diamond',
  2: 'triangle',
  3: 'square',
  4: 'circle',
};

/** ◆P1 ▲P2 ■P3 ●P4: codes are not translated. */
export const PriorityBadge = memo(function PriorityBadge({ priority }: { priority: Priority }) {
  const tone = PRIORITY_TONE[priority];
  return (
    <span className={`priority tone-${tone}`} data-priority={priority}>
      <StatusMark tone={tone} shape={PRIORITY_SHAPE[priority]} />
      {`P${priority}`}
    </span>
  );
});

/** Agency by shape: fire and rescue ▲, police ◆, medical ■, other ●. */
export function shapeOfUnit(unit: Pick<Unit, 'kind'>): Shape {
  if (unit.kind === 'fire_engine' || unit.kind === 'rescue') return 'triangle';
  if (unit.kind === 'patrol' || unit.kind === 'motorcycle') return 'diamond';
  return unit.kind === 'ambulance' ? 'square' : 'circle';
}

const OUT_OF_PLAY: ReadonlySet<Activity> = new Set(['off_duty', 'out_of_service']);

/** Status by colour; red, orange and yellow never mean a unit's ordinary status. */
export function toneOfUnit(unit: Pick<Unit, 'activity' | 'availability' | 'emergency'>): Tone {
  if (unit.emergency) return 'critical';
  if (OUT_OF_PLAY.has(unit.activity)) return 'off';
  if (unit.availability === 'not_available') return 'standby';
  return unit.activity === 'break' ? 'off' : 'normal';
}

const ON_THE_WAY: ReadonlySet<Activity> = new Set([
  'dispatched',
  'acknowledged',
  'en_route',
  'transporting',
]);

/** On the way = outline, at the place = filled. */
export const isHollow = (unit: Pick<Unit, 'activity'>): boolean => ON_THE_WAY.has(unit.activity);

export function UnitMark({ unit, size = 12 }: { unit: Unit; size?: number }) {
  return (
    <StatusMark
      tone={toneOfUnit(unit)}
      shape={shapeOfUnit(unit)}
      hollow={isHollow(unit)}
      size={size}
    />
  );
}
