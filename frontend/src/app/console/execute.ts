/** Runs what the command line understood, through the same intents as the buttons. */

import { sendUnits } from '@/features/assigning/sending';
import { geocode } from '@/features/calls/candidates';
import { reference } from '@/shared/api/reference';
import {
  acknowledgeAlarm,
  addNote,
  changeIncident,
  closeIncident,
  releaseUnits,
  setUnitStatus,
} from '@/shared/commands/intents';
import type { GoTarget, Intent, Names } from '@/shared/commands/parse';
import { attempt } from '@/shared/commands/pending';
import { centreOn, showMarks } from '@/shared/geo/mapBus';
import { byAlarm, isOpenAlarm } from '@/situation/order';
import { type Selected, select, selection } from '@/situation/selection';
import { situation } from '@/situation/store';
import { pointOf } from './where';

const RELEASED = 'released_by_dispatcher';

/** What words may mean at this moment. */
export function namesOf(): Names {
  const { picture } = situation.now;
  const { selected } = selection.getState();
  return {
    units: Object.values(picture.units).map((unit) => ({
      id: unit.id,
      callsign: unit.callsign,
      busyWith: unit.assignment
        ? (picture.incidents[unit.assignment.incident_id]?.number ?? null)
        : null,
    })),
    incidents: Object.values(picture.incidents),
    cameras: Object.values(picture.cameras),
    alarms: Object.values(picture.alarms).filter(isOpenAlarm).sort(byAlarm),
    dispositions: reference.getState().codes.incident_dispositions.map((one) => one.code),
    selectedIncident: selected?.type === 'incident' ? selected.id : null,
  };
}

export async function execute(intent: Intent): Promise<void> {
  switch (intent.verb) {
    case 'assign':
      await sendUnits(
        intent.incident.id,
        intent.units.map((unit) => unit.id),
      );
      return;
    case 'release':
      await Promise.all(intent.units.map(({ id }) => releaseFromItsIncident(id)));
      return;
    case 'status':
      await Promise.all(
        intent.units.map(({ id }) =>
          attempt(setUnitStatus(id, intent.status, intent.reason ? { reason: intent.reason } : {})),
        ),
      );
      return;
    case 'priority':
      await attempt(changeIncident(intent.incident, { priority: intent.priority }));
      return;
    case 'note':
      await attempt(addNote(intent.incident.id, intent.text));
      return;
    case 'close':
      await attempt(closeIncident(intent.incident, intent.disposition));
      return;
    case 'acknowledge':
      await attempt(acknowledgeAlarm(intent.alarm.id));
      return;
    case 'camera':
      return go({ type: 'camera', id: intent.camera.id });
    case 'go':
      return goTo(intent.target);
  }
}

async function releaseFromItsIncident(unitId: string): Promise<void> {
  const incidentId = situation.now.picture.units[unitId]?.assignment?.incident_id;
  // without an assignment the centre's answer says so, in the same place as every refusal
  if (incidentId) await attempt(releaseUnits(incidentId, [unitId], RELEASED));
  else await attempt(setUnitStatus(unitId, 'clear'));
}

async function goTo(target: GoTarget): Promise<void> {
  if (target.type !== 'address') return go({ type: target.type, id: target.id });
  const { items: found } = await geocode(target.text);
  showMarks(found.map(({ location, label }) => ({ place: location, label })));
  if (found[0]) centreOn(found[0].location);
}

function go(selected: NonNullable<Selected>): void {
  select(selected);
  const point = pointOf(selected);
  if (point) centreOn(point);
}
