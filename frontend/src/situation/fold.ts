/** The fold of docs/events.md: picture + entry -> picture. Pure; untouched parts keep their identity. */

import type { Alarm, Call, Entry, Id, LateClock, Picture } from '@/shared/wire/types';

import { CALL_FOLDS } from './callFold';
import { INCIDENT_FOLDS } from './incidentFold';
import { UNIT_FOLDS } from './unitFold';

type Fold = (picture: Picture, entry: Entry) => Picture;
type Shelf = keyof Picture;
type Thing<S extends Shelf> = Picture[S][Id];

export const EMPTY_PICTURE: Picture = {
  calls: {},
  incidents: {},
  units: {},
  alarms: {},
  cameras: {},
  closures: {},
  layers: {},
  rules: {},
};

/** Return the picture after `entry`; kinds that this screen does not know change nothing. */
export function fold(picture: Picture, entry: Entry): Picture {
  const step = FOLDS[entry.kind];
  return step === undefined ? picture : step(picture, entry);
}

/** The kinds whose fold is "none" or known: a test holds this table against docs/events.md. */
export function knownKinds(): string[] {
  return Object.keys(FOLDS);
}

function put<S extends Shelf>(picture: Picture, shelf: S, thing: Thing<S>): Picture {
  return { ...picture, [shelf]: { ...picture[shelf], [thing.id]: thing } };
}

function drop(picture: Picture, shelf: Shelf, id: Id): Picture {
  if (picture[shelf][id] === undefined) return picture;
  const { [id]: _gone, ...rest } = picture[shelf] as Record<Id, unknown>;
  return { ...picture, [shelf]: rest } as Picture;
}

function change<S extends Shelf>(
  picture: Picture,
  shelf: S,
  id: Id | null | undefined,
  edit: (thing: Thing<S>) => Partial<Thing<S>>,
): Picture {
  const thing = id ? (picture[shelf][id] as Thing<S> | undefined) : undefined;
  return thing === undefined ? picture : put(picture, shelf, { ...thing, ...edit(thing) });
}

const asNew =
  (shelf: Shelf): Fold =>
  (picture, entry) =>
    put(picture, shelf, {
      ...entry.data,
      id: entry.subject,
      version: entry.version,
    } as unknown as Thing<Shelf>);

/** Replace the fields that stand in the entry's data, `dropped` ones left out. */
const overlay =
  (shelf: Shelf, ...dropped: string[]): Fold =>
  (picture, entry) =>
    change(picture, shelf, entry.subject, () => {
      const kept = { ...entry.data };
      for (const name of dropped) delete kept[name];
      return { ...kept, version: entry.version } as Partial<Thing<Shelf>>;
    });

const leaves =
  (shelf: Shelf): Fold =>
  (picture, entry) =>
    drop(picture, shelf, entry.subject);

const none: Fold = (picture) => picture;

const both =
  (...folds: Fold[]): Fold =>
  (picture, entry) =>
    folds.reduce((now, step) => step(now, entry), picture);

function withOnce(ids: Id[], id: Id): Id[] {
  return ids.includes(id) ? ids : [...ids, id];
}

/** Let an incident know of a call or alarm that joined it. */
const joins =
  (list: 'call_ids' | 'alarm_ids'): Fold =>
  (picture, entry) =>
    change(picture, 'incidents', entry.data.incident_id as Id, (incident) => ({
      [list]: withOnce(incident[list], entry.subject),
      version: entry.data.incident_version as number,
    }));

const overdue =
  (shelf: 'calls' | 'incidents'): Fold =>
  (picture, entry) =>
    change(picture, shelf, entry.subject, () => ({
      overdue: entry.data.overdue as boolean,
      version: entry.version,
    }));

/** A closed incident takes its linked calls and verified alarms with it. */
const incidentCloses: Fold = (picture, entry) => {
  const others = <T extends Call | Alarm>(things: Record<Id, T>): Record<Id, T> =>
    Object.fromEntries(
      Object.entries(things).filter(([, thing]) => thing.incident_id !== entry.subject),
    );
  return {
    ...drop(picture, 'incidents', entry.subject),
    calls: others(picture.calls),
    alarms: others(picture.alarms),
  };
};

/** A clock ran out: the incident keeps which, the rest is for the timeline. */
const clockOverdue: Fold = (picture, entry) =>
  change(picture, 'incidents', entry.subject, (incident) => {
    const { waited_s: _waited, ...late } = entry.data;
    return {
      clocks_overdue: [...(incident.clocks_overdue ?? []), late as unknown as LateClock],
      version: entry.version,
    };
  });

/** Only name and version: what the document says is asked for when it is needed. */
const rulesChanged: Fold = (picture, entry) =>
  put(picture, 'rules', {
    id: entry.subject,
    name: entry.data.name as string,
    version: entry.version,
  });

const FOLDS: Record<string, Fold> = {
  'call.received': asNew('calls'),
  'call.reopened': asNew('calls'),
  ...CALL_FOLDS,
  'call.linked': both(overlay('calls', 'incident_version'), joins('call_ids')),
  'call.closed': leaves('calls'),
  'incident.opened': asNew('incidents'),
  'incident.changed': overlay('incidents'),
  'incident.progressed': overlay('incidents'),
  'incident.overdue': overdue('incidents'),
  'incident.merged': leaves('incidents'),
  'incident.closed': incidentCloses,
  ...INCIDENT_FOLDS,
  'unit.registered': asNew('units'),
  'unit.changed': overlay('units'),
  ...UNIT_FOLDS,
  'alarm.raised': asNew('alarms'),
  'alarm.repeated': overlay('alarms'),
  'alarm.acknowledged': overlay('alarms'),
  'alarm.verified': both(overlay('alarms', 'incident_version'), joins('alarm_ids')),
  'alarm.dismissed': leaves('alarms'),
  'alarm.grouped': overlay('alarms', 'raw'),
  'alarm.shelved': overlay('alarms'),
  'alarm.unshelved': overlay('alarms', 'cause'),
  'alarm.flood_began': none,
  'alarm.flood_ended': none,
  'incident.clock_overdue': clockOverdue,
  'rules.changed': rulesChanged,
  'camera.added': asNew('cameras'),
  'camera.changed': overlay('cameras'),
  'closure.drawn': asNew('closures'),
  'closure.changed': overlay('closures'),
  'closure.lifted': leaves('closures'),
  'layer.published': asNew('layers'),
  'layer.rolled_back': asNew('layers'),
  'layer.removed': leaves('layers'),
  'alarm_source.added': none,
  'alarm_source.changed': none,
  'camera.alarm_raised': none,
  'camera.still_viewed': none,
  'camera.viewing_started': none,
  'camera.viewing_ended': none,
  'records.imported': none,
  'records.removed': none,
  'session.opened': none,
  'session.closed': none,
  'session.refused': none,
  'user.crew_changed': none,
  'gazetteer.added': none,
  'gazetteer.changed': none,
  'gazetteer.removed': none,
  'gazetteer.place_reported': none,
  'gazetteer.report_settled': none,
};
