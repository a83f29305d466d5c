/** What a call taker intends beyond taking, locating and linking; see intents.ts for those. */

import { patch, post } from '@/shared/api/client';
import type { Command, CommandName } from '@/shared/commands/pending';
import type {
  CallbackOutcome,
  CallLanguage,
  DeskCall,
  FixMethod,
  IncidentMove,
} from '@/shared/wire/dispatch';
import type { Call, Id, Incident, Place } from '@/shared/wire/types';

function on(name: CommandName, id: Id, path: string, body: unknown = {}): Command<Call> {
  return {
    name,
    subjects: [id],
    send: (key) => post<Call>(`/calls/${id}/${path}`, body, { key }),
  };
}

export const takeOverCall = (id: Id, reason?: string): Command<Call> =>
  on('takeOver', id, 'take-over', reason === undefined ? {} : { reason });

export const giveBackCall = (id: Id): Command<Call> => on('giveBack', id, 'release');

export const hangUpCall = (id: Id): Command<Call> => on('hangUp', id, 'hang-up');

export const markLanguage = (
  { id, version }: Pick<DeskCall, 'id' | 'version'>,
  language: CallLanguage,
): Command<Call> => ({
  name: 'editCall',
  subjects: [id],
  send: (key) => patch<Call>(`/calls/${id}`, { language }, { key, ifMatch: version }),
});

export const addFix = (id: Id, fix: { method: FixMethod; location: Place }): Command<Call> =>
  on('fix', id, 'fixes', fix);

/** The answer says whether an incident may follow its caller. */
export const acceptFix = (
  id: Id,
  fixId: Id,
): Command<Call & { incident_move?: IncidentMove | null }> =>
  on('fix', id, `fixes/${fixId}/accept`);

export const noteCallback = (id: Id, outcome: CallbackOutcome): Command<Call> =>
  on('callBack', id, 'callbacks', { outcome });

/** Close without an incident; `rering` keeps it on the list of those to be called back. */
export const codeCall = (id: Id, disposition: string, rering?: boolean): Command<Call> =>
  on('code', id, 'close', { disposition, ...(rering ? { rering } : {}) });

export const startInterview = (id: Id, type: string): Command<unknown> =>
  on('interview', id, 'interview', { type });

export const answerQuestion = (
  id: Id,
  question: string,
  answer: string | number,
): Command<unknown> => on('interview', id, 'interview/answers', { question, answer });

/** Link many calls about the same thing to one incident, in one command. */
export const addWitnesses = (incident: Id, call_ids: readonly Id[]): Command<Incident> => ({
  name: 'witnesses',
  subjects: [incident, ...call_ids],
  send: (key) => post<Incident>(`/incidents/${incident}/witnesses`, { call_ids }, { key }),
});
