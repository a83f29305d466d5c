/** What a dispatcher intends with an incident beyond opening, changing and closing it. */

import { patch, post, remove } from '@/shared/api/client';
import type { Command, CommandName } from '@/shared/commands/pending';
import type { IncidentLink, MajorTask, Premise, TaskState } from '@/shared/wire/dispatch';
import type { Id, Incident, Place } from '@/shared/wire/types';

type Edited = Pick<Incident, 'id' | 'version'>;

function on(
  name: CommandName,
  { id, version }: Edited,
  path: string,
  body: unknown = {},
): Command<Incident> {
  return {
    name,
    subjects: [id],
    send: (key) => post<Incident>(`/incidents/${id}/${path}`, body, { key, ifMatch: version }),
  };
}

export interface Split {
  call_ids?: readonly Id[];
  alarm_ids?: readonly Id[];
  type?: string;
  reason: string;
}

/** The answer is the new incident. */
export const splitIncident = (incident: Edited, split: Split): Command<Incident> =>
  on('split', incident, 'split', split);

/** Undo a merge: on the incident that was merged into another. */
export const unmergeIncident = (merged: Edited, reason: string): Command<Incident> =>
  on('unmerge', merged, 'unmerge', { reason });

export const reopenIncident = (closed: Edited, reason: string): Command<Incident> =>
  on('reopen', closed, 'reopen', { reason });

export const linkIncident = (
  incident: Edited,
  other: Id,
  kind: IncidentLink['kind'],
): Command<Incident> => on('links', incident, 'links', { incident_id: other, kind });

export const unlinkIncident = ({ id, version }: Edited, other: Id): Command<void> => ({
  name: 'links',
  subjects: [id, other],
  send: (key) => remove(`/incidents/${id}/links/${other}`, { key, ifMatch: version }),
});

export const changeOwner = (
  incident: Edited,
  to: string | null,
  note?: string,
): Command<Incident> => on('owner', incident, 'owner', { to, ...(note ? { note } : {}) });

/** At the end of a shift: give one, some, or all of one's incidents into other hands. */
export const handOver = (to: string, note: string, incident_ids?: Id[]): Command<unknown> => ({
  name: 'handOver',
  subjects: incident_ids ?? [],
  send: (key) =>
    post('/handovers', { to, note, ...(incident_ids ? { incident_ids } : {}) }, { key }),
});

export const protectIncident = (
  incident: Edited,
  isProtected: boolean,
  reason: string,
): Command<Incident> => on('change', incident, 'protection', { protected: isProtected, reason });

/** Let a scheduled incident begin before its time. */
export const startIncident = (incident: Edited): Command<Incident> =>
  on('change', incident, 'start');

export const declareMajor = (
  incident: Edited,
  major: { commander?: string; post?: string },
): Command<Incident> => on('major', incident, 'major', major);

export const endMajor = (incident: Edited): Command<Incident> => on('major', incident, 'major/end');

export const addSector = (
  incident: Edited,
  sector: { name: string; supervisor?: string },
): Command<Incident> => on('major', incident, 'sectors', sector);

export const addTask = (
  incident: Edited,
  task: { text: string; sector_id?: Id; unit_id?: Id },
): Command<Incident> => on('major', incident, 'tasks', task);

export const moveTask = (
  { id, version }: Edited,
  task: Pick<MajorTask, 'id'>,
  state: TaskState,
): Command<Incident> => ({
  name: 'major',
  subjects: [id],
  send: (key) =>
    patch<Incident>(`/incidents/${id}/tasks/${task.id}`, { state }, { key, ifMatch: version }),
});

export interface NewPremise {
  kind: Premise['kind'];
  title: string;
  text: string;
  location: Place;
  radius_m: number;
  protected?: boolean;
}

export const addPremise = (premise: NewPremise): Command<Premise> => ({
  name: 'premise',
  subjects: [],
  send: (key) => post<Premise>('/premises', premise, { key }),
});
