/** One function per operator intention; buttons, keys and the command line all go through these. */

import { patch, post } from '@/shared/api/client';
import type { Command, CommandName } from '@/shared/commands/pending';
import type { CallAnswer } from '@/shared/wire/answers';
import type {
  Alarm,
  Call,
  Closure,
  Id,
  Incident,
  Place,
  Point,
  Priority,
  Time,
  Unit,
} from '@/shared/wire/types';

export type Whereabouts = { location: Place } | { address_text: string };

export interface NewCall {
  caller_number?: string;
  source: string;
  location?: Place;
  address_text?: string;
  narrative?: string;
}

export interface NewIncident {
  call_id?: Id;
  alarm_id?: Id;
  type: string;
  priority?: Priority;
  location?: Place;
  address_text?: string;
  narrative?: string;
  /** RFC 3339; the incident holds no unit until then. */
  scheduled_for?: string;
}

type Edited = Pick<Incident, 'id' | 'version'>;

/** A place picked on the map by hand: as exact as a finger. */
export const PICKED_UNCERTAINTY_M = 15;
const PICKED_CONFIDENCE = 0.9;

export function pickedPlace({ lon, lat }: Point): Place {
  return { lon, lat, uncertainty_m: PICKED_UNCERTAINTY_M, confidence: PICKED_CONFIDENCE };
}

function posted<T>(name: CommandName, subjects: Id[], path: string, body: unknown): Command<T> {
  return { name, subjects, send: (key) => post<T>(path, body, { key }) };
}

export const receiveCall = (call: NewCall): Command<CallAnswer> =>
  posted('receive', [], '/calls', call);

export const takeCall = (id: Id): Command<Call> => posted('take', [id], `/calls/${id}/take`, {});

export const locateCall = (id: Id, where: Whereabouts): Command<CallAnswer> =>
  posted('locate', [id], `/calls/${id}/locate`, where);

export const linkCall = (id: Id, incident_id: Id): Command<Call> =>
  posted('link', [id, incident_id], `/calls/${id}/link`, { incident_id });

export const closeCall = (id: Id, disposition: string): Command<Call> =>
  posted('close', [id], `/calls/${id}/close`, { disposition });

export const openIncident = (incident: NewIncident): Command<Incident> =>
  posted(
    'open',
    [incident.call_id, incident.alarm_id].filter((id) => id !== undefined),
    '/incidents',
    incident,
  );

export const changeIncident = (
  { id, version }: Edited,
  changes: Partial<
    Pick<NewIncident, 'type' | 'priority' | 'location' | 'address_text' | 'narrative'>
  >,
): Command<Incident> => ({
  name: 'change',
  subjects: [id],
  send: (key) => patch<Incident>(`/incidents/${id}`, changes, { key, ifMatch: version }),
});

export const addNote = (id: Id, text: string): Command<Incident> =>
  posted('note', [id], `/incidents/${id}/notes`, { text });

export const closeIncident = ({ id, version }: Edited, disposition: string): Command<Incident> => ({
  name: 'close',
  subjects: [id],
  send: (key) =>
    post<Incident>(`/incidents/${id}/close`, { disposition }, { key, ifMatch: version }),
});

export const mergeIncident = ({ id, version }: Edited, into: Id): Command<Incident> => ({
  name: 'merge',
  subjects: [id],
  send: (key) => post<Incident>(`/incidents/${id}/merge`, { into }, { key, ifMatch: version }),
});

export const assignUnits = (
  incident: Id,
  unit_ids: Id[],
  override_reason?: string,
  divert = false,
): Command<Incident> =>
  posted('assign', [incident, ...unit_ids], `/incidents/${incident}/assignments`, {
    unit_ids,
    ...(override_reason === undefined ? {} : { override_reason }),
    ...(divert ? { divert } : {}),
  });

export const releaseUnits = (incident: Id, unit_ids: Id[], reason: string): Command<Incident> =>
  posted('release', unit_ids, `/incidents/${incident}/assignments/release`, { unit_ids, reason });

export const setUnitStatus = (
  id: Id,
  status: string,
  more: { occurred_at?: Time; reason?: string; out_reason?: string } = {},
): Command<Unit> => posted('status', [id], `/units/${id}/status`, { status, ...more });

export const acknowledgeAlarm = (id: Id): Command<Alarm> =>
  posted('acknowledge', [id], `/alarms/${id}/acknowledge`, {});

export const verifyAlarm = (
  id: Id,
  into: { incident_id: Id } | { type: string; priority?: Priority; narrative?: string },
): Command<{ alarm: Alarm; incident: Incident }> =>
  posted('verify', [id], `/alarms/${id}/verify`, into);

export const dismissAlarm = (id: Id, reason: string): Command<Alarm> =>
  posted('dismiss', [id], `/alarms/${id}/dismiss`, { reason });

export const clearEmergency = (id: Id, reason: string): Command<Unit> =>
  posted('emergency', [id], `/units/${id}/emergency/clear`, { reason });

export interface NewClosure {
  geometry: Closure['geometry'];
  radius_m?: number | null;
  reason: string;
  from?: Time;
  until?: Time | null;
  applies_to: Closure['applies_to'];
}

export const closeRoad = (closure: NewClosure): Command<Closure> =>
  posted('closeRoad', [], '/closures', closure);

export const changeClosure = (
  { id, version }: Pick<Closure, 'id' | 'version'>,
  changes: Partial<NewClosure>,
): Command<Closure> => ({
  name: 'changeClosure',
  subjects: [id],
  send: (key) => patch<Closure>(`/closures/${id}`, changes, { key, ifMatch: version }),
});

export const openRoad = ({ id, version }: Pick<Closure, 'id' | 'version'>): Command<Closure> => ({
  name: 'openRoad',
  subjects: [id],
  send: (key) => post<Closure>(`/closures/${id}/lift`, {}, { key, ifMatch: version }),
});

export interface WrongPlace {
  text: string;
  chosen?: Point & { label: string };
  right?: Point;
  note?: string;
  call_id?: Id;
}

/** What the geocoder got wrong goes to the people who keep the names. */
export const reportPlace = (report: WrongPlace): Command<unknown> =>
  posted('reportPlace', report.call_id ? [report.call_id] : [], '/place-reports', report);
