import { useLabel } from '@/shared/api/reference';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { At } from '@/shared/ui/ages';
import { Failure, Skeleton } from '@/shared/ui/panel';
import type { TimelineEntry } from '@/shared/wire/answers';
import type { Assignment, Id, Note } from '@/shared/wire/types';
import { useTimeline } from './timeline';

/** Everything that happened, newest on top, each line with its author. */
export function Timeline({ incidentId }: { incidentId: Id }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const { entries, problem } = useTimeline(incidentId);
  if (entries === null) return problem ? <Failure problem={problem} /> : <Skeleton rows={4} />;
  return (
    <ol className="timeline" data-testid="timeline">
      {entries.toReversed().map((entry) => (
        <li key={entry.seq} data-kind={entry.kind}>
          <At at={entry.occurred_at} />
          <span>{entryText(entry, t, typeLabel)}</span>
          <span className="muted">{entry.author.name}</span>
        </li>
      ))}
    </ol>
  );
}

/** One entry in words; a kind that we do not know yet is shown by its name. */
export function entryText(
  entry: TimelineEntry,
  t: DeskWords,
  typeLabel: (code: string) => string,
): string {
  const { data } = entry;
  const assignment = data.assignment as Assignment | null | undefined;
  const words = {
    callsign: assignment?.callsign ?? '',
    text: (data.note as Note | undefined)?.text ?? '',
    type: typeof data.type === 'string' ? typeLabel(data.type) : '',
    priority: data.priority ?? '',
    address: data.address ?? '',
    reason: assignment?.release_reason ?? data.reason ?? '',
    status:
      typeof data.status === 'string'
        ? t(`common:incidentStatus.${data.status as 'new'}`, { defaultValue: data.status })
        : '',
    activity:
      typeof data.activity === 'string'
        ? t(`common:activity.${data.activity as 'on_scene'}`, { defaultValue: data.activity })
        : '',
  };
  return t(`entry.${entry.kind.replace('.', '_') as 'unit_assigned'}`, {
    ...words,
    defaultValue: entry.kind,
  }) as string;
}
