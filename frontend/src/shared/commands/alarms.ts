/** Putting an alarm aside for a while, and back. */

import { post } from '@/shared/api/client';
import type { Command } from '@/shared/commands/pending';
import type { Alarm, Id } from '@/shared/wire/types';

export const shelveAlarm = (id: Id, minutes: number, reason: string): Command<Alarm> => ({
  name: 'shelve',
  subjects: [id],
  send: (key) => post<Alarm>(`/alarms/${id}/shelve`, { minutes, reason }, { key }),
});

export const unshelveAlarm = (id: Id): Command<Alarm> => ({
  name: 'unshelve',
  subjects: [id],
  send: (key) => post<Alarm>(`/alarms/${id}/unshelve`, {}, { key }),
});
