import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { At } from '@/shared/ui/ages';
import { Failure, Skeleton } from '@/shared/ui/panel';
import type { Id } from '@/shared/wire/types';
import { entryText } from './entryWords';
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
          <span>
            {entryText(entry, t, typeLabel)} <span className="muted">{entry.author.name}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
