/** What a dispatcher intends with a unit beyond its status and its assignments. */

import { post } from '@/shared/api/client';
import type { Command, CommandName } from '@/shared/commands/pending';

import type { CrewMember, Id, Unit } from '@/shared/wire/types';

function on(name: CommandName, id: Id, path: string, body: unknown = {}): Command<Unit> {
  return {
    name,
    subjects: [id],
    send: (key) => post<Unit>(`/units/${id}/${path}`, body, { key }),
  };
}

/** `status` is the one that was seen, so that no other is decided on by chance. */
export const confirmProposal = (id: Id, status: string): Command<Unit> =>
  on('proposal', id, 'proposal/confirm', { status });

export const rejectProposal = (id: Id, status: string): Command<Unit> =>
  on('proposal', id, 'proposal/reject', { status });

export const checkIn = (id: Id): Command<Unit> => on('welfare', id, 'welfare');

/** Seconds between check-ins until the next status; null goes back to what the rules say. */
export const setWelfare = (id: Id, interval_s: number | null): Command<Unit> =>
  on('welfare', id, 'welfare/timer', { interval_s });

export interface SignOn {
  vehicle?: string;
  crew: CrewMember[];
  equipment?: string[];
  shift_id?: Id;
}

/** An account goes by its username, anybody else by their name. */
export const signOn = (id: Id, { crew, ...rest }: SignOn): Command<Unit> =>
  on('signOn', id, 'sign-on', {
    ...rest,
    crew: crew.map(({ username, name, role }) => (username ? { username, role } : { name, role })),
  });

export const signOff = (id: Id): Command<Unit> => on('signOff', id, 'sign-off');
