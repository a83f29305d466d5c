import { useState } from 'react';
import { useLabel } from '@/shared/api/reference';
import { reopenIncident, unmergeIncident } from '@/shared/commands/incidents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDayClock, shortNumber } from '@/shared/time/format';
import { Act, AskReason } from '@/shared/ui/act';
import { PriorityBadge } from '@/shared/ui/marks';
import { Empty, Failure, Skeleton } from '@/shared/ui/panel';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskIncident } from '@/shared/wire/dispatch';
import type { Id, Incident } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';

const SHOWN = 40;

/** What ended lately, so that what ended too early can be taken up again. */
export default function ClosedIncidents() {
  const { t } = useTranslation(DESK);
  const open = useSituation(({ picture }) => Object.keys(picture.incidents).length);
  const closed = useAsked<{ items: Incident[] }>(`/incidents?status=closed&limit=${SHOWN}`, {
    because: open,
  });
  const merged = useAsked<{ items: Incident[] }>(`/incidents?status=merged&limit=${SHOWN}`, {
    because: open,
  });
  const problem = closed.problem ?? merged.problem;
  if (closed.answer === null) return problem ? <Failure problem={problem} /> : <Skeleton />;
  const ended = (one: Incident) => Date.parse(one.closed_at ?? one.opened_at);
  const all = [...closed.answer.items, ...(merged.answer?.items ?? [])]
    .sort((a, b) => ended(b) - ended(a))
    .slice(0, SHOWN);
  if (all.length === 0) return <Empty>{t('ended.none')}</Empty>;
  return (
    <ul className="ended" data-testid="ended">
      {all.map((one) => (
        <Ended key={one.id} incident={one} />
      ))}
    </ul>
  );
}

function Ended({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const ending = useLabel('incident_dispositions');
  const mayWrite = useMay('incidents.write');
  const [asking, setAsking] = useState(false);
  const merged = incident.status === 'merged';
  const verb = t(merged ? 'links.unmerge' : 'ended.reopen');
  const back = (reason: string) => {
    setAsking(false);
    const command = merged ? unmergeIncident(incident, reason) : reopenIncident(incident, reason);
    void attempt(command).then((one) => one && select({ type: 'incident', id: one.id as Id }));
  };
  return (
    <li data-testid="ended-incident" data-number={incident.number}>
      <div className="ended-row">
        <PriorityBadge priority={incident.priority} />
        <strong>{shortNumber(incident.number)}</strong>
        <span className="clip">{typeLabel(incident.type)}</span>
        <span className="muted clip">
          {merged ? t('incidentStatus.merged') : ending(incident.disposition)}
        </span>
        <span className="muted">
          {incident.closed_at ? formatDayClock(Date.parse(incident.closed_at)) : ''}
        </span>
        {mayWrite && (
          <Act testId="reopen" onClick={() => setAsking(!asking)} expanded={asking}>
            {verb}
          </Act>
        )}
      </div>
      {asking && (
        <AskReason
          label={t('ended.reason')}
          submit={verb}
          testId="reopen-reason"
          onCancel={() => setAsking(false)}
          onSubmit={back}
        />
      )}
    </li>
  );
}
