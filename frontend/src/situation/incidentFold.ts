/** The folds of what happens to an incident in the course of its life (docs/events.md). */

import type {
  Alarm,
  Attachment,
  Call,
  Entry,
  Id,
  Incident,
  Major,
  MajorSector,
  MajorTask,
  Note,
  Picture,
} from '@/shared/wire/types';

type Fold = (picture: Picture, entry: Entry) => Picture;

function put(picture: Picture, incident: Incident): Picture {
  return { ...picture, incidents: { ...picture.incidents, [incident.id]: incident } };
}

function withIncident(
  picture: Picture,
  entry: Entry,
  edit: (incident: Incident) => Partial<Incident>,
): Picture {
  const incident = picture.incidents[entry.subject];
  if (incident === undefined) return picture;
  return put(picture, { ...incident, ...edit(incident), version: entry.version });
}

/** Replace those fields of the incident by the entry's. */
const fields =
  (...names: (keyof Incident)[]): Fold =>
  (picture, entry) =>
    withIncident(picture, entry, () =>
      Object.fromEntries(names.map((name) => [name, entry.data[name]])),
    );

/** An incident that had left comes back whole. */
const comesBack: Fold = (picture, entry) =>
  put(picture, {
    ...(entry.data.incident as Incident),
    id: entry.subject,
    version: entry.version,
  });

const noted: Fold = (picture, entry) =>
  withIncident(picture, entry, (incident) => ({
    notes: [...incident.notes, entry.data.note as Note],
  }));

const attached: Fold = (picture, entry) =>
  withIncident(picture, entry, (incident) => ({
    attachments: [...(incident.attachments ?? []), entry.data.attachment as Attachment],
  }));

function placed<T extends { id: Id }>(parts: T[], part: T): T[] {
  return parts.some((one) => one.id === part.id)
    ? parts.map((one) => (one.id === part.id ? part : one))
    : [...parts, part];
}

const inMajor =
  (edit: (major: Major, entry: Entry) => Partial<Major>): Fold =>
  (picture, entry) => {
    const major = picture.incidents[entry.subject]?.major;
    if (!major) return picture;
    return withIncident(picture, entry, () => ({ major: { ...major, ...edit(major, entry) } }));
  };

const callReturned: Fold = (picture, entry) => ({
  ...picture,
  calls: {
    ...picture.calls,
    [entry.subject]: {
      ...(entry.data as unknown as Call),
      id: entry.subject,
      version: entry.version,
    },
  },
});

const alarmReturned: Fold = (picture, entry) => ({
  ...picture,
  alarms: {
    ...picture.alarms,
    [entry.subject]: {
      ...(entry.data as unknown as Alarm),
      id: entry.subject,
      version: entry.version,
    },
  },
});

const none: Fold = (picture) => picture;

export const INCIDENT_FOLDS: Record<string, Fold> = {
  'call.returned': callReturned,
  'alarm.returned': alarmReturned,
  'incident.noted': noted,
  'incident.absorbed': fields('merged_from'),
  'incident.parted': fields('call_ids', 'alarm_ids', 'merged_from'),
  'incident.unmerged': comesBack,
  'incident.reopened': comesBack,
  'incident.came_due': fields('status', 'scheduled_for'),
  'incident.protection_changed': fields('protected'),
  'incident.linked': fields('links'),
  'incident.unlinked': fields('links'),
  'incident.major_declared': fields('major'),
  'incident.major_changed': fields('major'),
  'incident.major_ended': fields('major'),
  'incident.sector_changed': inMajor((major, entry) => ({
    sectors: placed(major.sectors, entry.data.sector as MajorSector),
  })),
  'incident.task_changed': inMajor((major, entry) => ({
    tasks: placed(major.tasks, entry.data.task as MajorTask),
  })),
  'incident.owner_changed': fields('owner'),
  'incident.attached': attached,
  'incident.viewed': none,
  'premise.added': none,
  'premise.changed': none,
  'premise.removed': none,
};
