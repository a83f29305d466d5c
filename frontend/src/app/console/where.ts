/** Where the selected thing is now, without waking the map's code. */

import type { Point } from '@/shared/wire/types';
import type { Selected } from '@/situation/selection';
import { situation, unitFix } from '@/situation/store';

export function pointOf(selected: Selected): Point | null {
  if (selected === null) return null;
  const { picture, live } = situation.now;
  const { type, id } = selected;
  if (type === 'unit') return unitFix(live, id) ?? null;
  if (type === 'camera') return picture.cameras[id]?.location ?? null;
  if (type === 'incident') return picture.incidents[id]?.location ?? null;
  if (type === 'call') return picture.calls[id]?.location ?? null;
  return picture.alarms[id]?.location ?? null;
}
