/** One line of an incident's history in words: pure. A kind that is new to us shows as its name. */

import type { DeskWords } from '@/shared/i18n/i18n';
import { formatTimer, shortNumber } from '@/shared/time/format';
import type { TimelineEntry } from '@/shared/wire/answers';

type Data = Readonly<Record<string, unknown>>;

const part = (data: Data, name: string): Data => (data[name] ?? {}) as Data;
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const size = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** What happened on a call of it. */
function callWords(data: Data, t: DeskWords) {
  const [interview, fix] = [part(data, 'interview'), part(data, 'fix')];
  const callback = part(data, 'callback');
  const answers = interview.answers as { answer: unknown }[] | undefined;
  const effects = interview.effects as { from: number; to: number }[] | undefined;
  const effect = effects?.at(-1);
  return {
    answer: text(answers?.at(-1)?.answer),
    effect: effect && effect.from !== effect.to ? `: P${effect.from} → P${effect.to}` : '',
    method: fix.method ? t(`fixes.method.${fix.method as 'handset'}`) : '',
    metres: Math.round(Number(part(fix, 'location').uncertainty_m ?? 0)),
    outcome: callback.outcome ? t(`callback.outcome.${callback.outcome as 'reached'}`) : '',
    disposition: text(data.disposition),
  };
}

/** States and clocks by their names on screen. */
function stateWords(data: Data, t: DeskWords) {
  const [proposed, task] = [text(part(data, 'proposal').status), text(part(data, 'task').state)];
  const [status, activity, clock] = [text(data.status), text(data.activity), text(data.clock)];
  const named = (code: string, key: Parameters<DeskWords>[0]) =>
    code === '' ? '' : t(key, { defaultValue: code });
  return {
    state: named(task, `major.state.${task as 'open'}`),
    proposed: named(proposed, `common:activity.${proposed as 'on_scene'}`),
    clock: named(clock, `clocks.name.${clock as 'answer'}`),
    status: named(status, `incidentStatus.${status as 'new'}`),
    activity: named(activity, `common:activity.${activity as 'on_scene'}`),
    target: typeof data.target_s === 'number' ? formatTimer(data.target_s) : '',
  };
}

/** What fills the places of a line, from whatever the fact carries. */
function wordsOf(
  { data, author }: TimelineEntry,
  t: DeskWords,
  typeLabel: (code: string) => string,
) {
  const assignment = part(data, 'assignment');
  const type = text(data.type) || text(part(data, 'interview').type);
  return {
    ...callWords(data, t),
    ...stateWords(data, t),
    callsign: text(assignment.callsign) || text(data.callsign),
    text: text(part(data, 'note').text) || text(part(data, 'task').text),
    type: type && typeLabel(type),
    priority: text(data.priority),
    address: text(data.address),
    reason: text(assignment.release_reason) || text(data.reason),
    by: text(data.taken_by) || text(data.by) || author.name,
    number: data.number ? shortNumber(text(data.number)) : '',
    count: size(data.call_ids) + size(data.alarm_ids),
    viewer: text(data.viewer),
    commander: text(part(data, 'major').commander) || t('major.nobody'),
    name: text(part(data, 'sector').name) || text(part(data, 'attachment').name),
    owner: text(data.owner) || t('hands.nobody'),
    note: text(data.note),
  };
}

export function entryText(
  entry: TimelineEntry,
  t: DeskWords,
  typeLabel: (code: string) => string,
): string {
  return t(`entry.${entry.kind.replace('.', '_') as 'unit_assigned'}`, {
    ...wordsOf(entry, t, typeLabel),
    defaultValue: entry.kind,
  });
}
