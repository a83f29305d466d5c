/** Units in danger and who has seen it: read from the picture, nothing of its own. */

import type { DeskAlarm, DeskUnit } from '@/shared/wire/dispatch';
import type { Picture, Place, Time } from '@/shared/wire/types';
import { isOpenAlarm } from '@/situation/order';

const UNIT_EMERGENCY = 'unit_emergency';

export interface Emergency {
  unit: DeskUnit;
  /** Its alarm while nobody has decided on it, where this person may see alarms. */
  alarm: DeskAlarm | null;
  /** True until somebody acknowledges: as long as that the desks sound. */
  unheard: boolean;
  since: Time;
  place: Place | null;
}

const isOf = (alarm: DeskAlarm, unit: DeskUnit): boolean =>
  alarm.unit_id
    ? alarm.unit_id === unit.id
    : alarm.kind === UNIT_EMERGENCY &&
      alarm.reason === unit.callsign &&
      alarm.agency === unit.agency;

/** Emergencies, the unheard first, then the oldest. */
export function emergencies(picture: Picture): Emergency[] {
  const alarms: DeskAlarm[] = Object.values(picture.alarms).filter(isOpenAlarm);
  return Object.values(picture.units)
    .filter((unit) => unit.emergency)
    .map((unit) => emergencyOf(unit, alarms.find((alarm) => isOf(alarm, unit)) ?? null))
    .sort(
      (a, b) => Number(b.unheard) - Number(a.unheard) || Date.parse(a.since) - Date.parse(b.since),
    );
}

function emergencyOf(unit: DeskUnit, alarm: DeskAlarm | null): Emergency {
  return {
    unit,
    alarm,
    unheard: alarm?.state === 'raised' && !unit.emergency_acknowledged_by,
    since: unit.emergency_at ?? alarm?.raised_at ?? unit.status_at,
    place: unit.emergency_location ?? alarm?.location ?? null,
  };
}
