/** The folds of what happens to a unit (docs/events.md), and through it to its incident. */

import type { Assignment, Entry, Id, Incident, Picture, Unit } from '@/shared/wire/types';

type Fold = (picture: Picture, entry: Entry) => Picture;

/** What tells of the incident, and what is for reading only: the unit itself has no such field. */
const NOT_OF_THE_UNIT = ['incident_version', 'waited_s', 'note'];

function withUnit(picture: Picture, id: Id, edit: Partial<Unit>): Picture {
  const unit = picture.units[id];
  return unit === undefined
    ? picture
    : { ...picture, units: { ...picture.units, [id]: { ...unit, ...edit } } };
}

function withIncident(
  picture: Picture,
  id: Id,
  edit: (incident: Incident) => Partial<Incident>,
): Picture {
  const incident = picture.incidents[id];
  if (incident === undefined) return picture;
  return {
    ...picture,
    incidents: { ...picture.incidents, [id]: { ...incident, ...edit(incident) } },
  };
}

const unit: Fold = (picture, entry) => {
  const kept = { ...entry.data };
  for (const name of NOT_OF_THE_UNIT) delete kept[name];
  return withUnit(picture, entry.subject, { ...kept, version: entry.version });
};

/** Only what the fact says of the emergency: its reason is not the unit's. */
const emergency: Fold = (picture, entry) =>
  withUnit(picture, entry.subject, {
    ...Object.fromEntries(
      Object.entries(entry.data).filter(([name]) => name.startsWith('emergency')),
    ),
    version: entry.version,
  });

/** Keep the incident's copy of the assignment equal to the unit's. */
const onIncident: Fold = (picture, entry) => {
  const assignment = entry.data.assignment as Assignment | null;
  if (assignment === null) return picture;
  return withIncident(picture, assignment.incident_id, (incident) => ({
    assignments: incident.assignments.map((old) => (old.id === assignment.id ? assignment : old)),
    version: entry.data.incident_version as number,
  }));
};

const worked: Fold = (picture, entry) => onIncident(unit(picture, entry), entry);

const assigned: Fold = (picture, entry) => {
  const assignment = entry.data.assignment as Assignment;
  return withIncident(unit(picture, entry), assignment.incident_id, (incident) => ({
    assignments: [...incident.assignments.filter((old) => old.id !== assignment.id), assignment],
    version: entry.data.incident_version as number,
    overdue: false,
  }));
};

const released: Fold = (picture, entry) => {
  const free = { ...entry, data: { ...entry.data, assignment: null } };
  return onIncident(unit(picture, free), entry);
};

const ofNoPicture: Fold = (picture) => picture;

export const UNIT_FOLDS: Record<string, Fold> = {
  'unit.assigned': assigned,
  'unit.status_changed': worked,
  'unit.released': released,
  'unit.dispatch_overdue': worked,
  'unit.emergency_declared': emergency,
  'unit.emergency_acknowledged': emergency,
  'unit.emergency_cleared': emergency,
  'unit.signed_on': unit,
  'unit.signed_off': unit,
  'unit.status_proposed': unit,
  'unit.proposal_rejected': unit,
  'unit.disagreement_flagged': unit,
  'unit.disagreement_settled': unit,
  'unit.welfare_checked': unit,
  'unit.welfare_set': unit,
  'unit.welfare_overdue': unit,
  'unit.rest_due': unit,
  'shift.planned': ofNoPicture,
  'shift.changed': ofNoPicture,
  'shift.cancelled': ofNoPicture,
  'unit.movements_read': ofNoPicture,
};
