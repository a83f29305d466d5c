/** The last known duty, kept on the phone: a page opened without network still shows unit and task. */

import { reference } from '@/shared/api/reference';
import { connection } from '@/shared/live/browser';
import type { City, Codes } from '@/shared/wire/answers';
import type { Id, Incident, Unit } from '@/shared/wire/types';
import { EMPTY_PICTURE } from '@/situation/fold';
import { situation } from '@/situation/store';

const STORED = 'nangareko-field-duty';

export interface Duty {
  unit: Unit;
  incident: Incident | null;
  types: Codes['incident_types'];
  /** Where the map opens. */
  city: City | null;
  /** When the centre was last heard, in ms of this phone's clock. */
  heardAt: number;
}

/** From now on keep what is known of the unit; a task that is over leaves the phone. */
export function rememberDuty(unitId: Id): void {
  let last = '';
  let known: Omit<Duty, 'heardAt'> | null = null;
  window.addEventListener('pagehide', () => known && write(known));
  situation.store.subscribe(({ ready, picture }) => {
    const unit = picture.units[unitId];
    if (!ready || unit === undefined) return;
    const task = unit.assignment?.incident_id;
    const incident = (task && picture.incidents[task]) || null;
    const { codes, city } = reference.getState();
    known = { unit, incident, types: codes.incident_types, city };
    const now = JSON.stringify(known);
    if (now === last) return;
    last = now;
    write(known);
  });
}

function write(known: Omit<Duty, 'heardAt'>): void {
  const heardAt = connection.getState().link.heardAt ?? Date.now();
  try {
    localStorage.setItem(STORED, JSON.stringify({ ...known, heardAt }));
  } catch {
    // storage refused by the browser: a reload without network shows the waiting page
  }
}

export function forgetDuty(): void {
  try {
    localStorage.removeItem(STORED);
  } catch {
    // storage refused by the browser: nothing was kept either
  }
}

export function rememberedDuty(): Duty | null {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? 'null') as Duty | null;
  } catch {
    return null; // storage refused, or written by an older page
  }
}

/** Show the remembered duty, with the age that it has, until the centre says how things stand. */
export function showRemembered({ unit, incident, types, city, heardAt }: Duty): void {
  const incidents = incident ? { [incident.id]: incident } : {};
  situation.snapshot({ ...EMPTY_PICTURE, units: { [unit.id]: unit }, incidents }, {});
  reference.setState(({ codes }) => ({ codes: { ...codes, incident_types: types }, city }));
  connection.setState({ link: { open: false, heardAt, resumed: null, triesInARow: 1 } });
}
