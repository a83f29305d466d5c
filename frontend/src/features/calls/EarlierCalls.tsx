import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDayClock, formatDistance, shortNumber } from '@/shared/time/format';
import { Empty, Failure, Skeleton } from '@/shared/ui/panel';
import { useAsked } from '@/shared/ui/useAsked';
import type { Earlier, EarlierCall } from '@/shared/wire/dispatch';
import type { Id, Time } from '@/shared/wire/types';

/** What this telephone has said before, and what happened at this place. */
export function EarlierCalls({ callId }: { callId: Id }) {
  const { t } = useTranslation(DESK);
  const { answer, problem } = useAsked<Earlier>(`/calls/${callId}/earlier`);
  if (answer === null) return problem ? <Failure problem={problem} /> : <Skeleton rows={2} />;
  if (answer.by_number.length + answer.by_place.length === 0)
    return <Empty>{t('earlier.none')}</Empty>;
  return (
    <div data-testid="earlier-calls">
      <p className="dense muted">{t('earlier.byNumber', { count: answer.by_number.length })}</p>
      <ul className="dense">
        {answer.by_number.map((call) => (
          <OfNumber key={call.call_id} call={call} />
        ))}
      </ul>
      <p className="dense muted">{t('earlier.byPlace', { count: answer.by_place.length })}</p>
      <ul className="dense">
        {answer.by_place.map((incident) => (
          <OfPlace key={incident.incident_id} incident={incident} />
        ))}
      </ul>
    </div>
  );
}

const Day = ({ at }: { at: Time }) => <time dateTime={at}>{formatDayClock(Date.parse(at))}</time>;

function OfNumber({ call }: { call: EarlierCall }) {
  const { t } = useTranslation(DESK);
  const ending = useLabel('call_dispositions');
  const typeLabel = useLabel('incident_types');
  const about = call.type
    ? typeLabel(call.type)
    : call.disposition
      ? ending(call.disposition)
      : t('earlier.open');
  return (
    <li>
      <Day at={call.received_at} /> {about}
      {call.incident_number && ` · ${shortNumber(call.incident_number)}`}
    </li>
  );
}

function OfPlace({ incident }: { incident: Earlier['by_place'][number] }) {
  const typeLabel = useLabel('incident_types');
  return (
    <li className={incident.violence ? 'tone-serious' : ''}>
      <Day at={incident.opened_at} /> {typeLabel(incident.type)}
      {` ${shortNumber(incident.number)} · ${formatDistance(incident.distance_m)}`}
    </li>
  );
}
