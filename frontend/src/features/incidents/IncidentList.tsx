import { lazy, Suspense, useMemo, useState } from 'react';
import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { Wait } from '@/shared/ui/ages';
import { PriorityBadge, StatusMark } from '@/shared/ui/marks';
import { Empty, Panel, Skeleton } from '@/shared/ui/panel';
import { usePending } from '@/shared/ui/Rejections';
import { RowList } from '@/shared/ui/RowList';
import type { DeskIncident } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { activeAssignments, byUrgency, isUnassigned, UNASSIGNED_LIMITS_S } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import './incidents.css';

const ClosedIncidents = lazy(() => import('./ClosedIncidents'));

type Shown = 'unassigned' | 'all';

/** Ids of open incidents in the order of the queue. */
export function useIncidentOrder(shown: Shown = 'all'): Id[] {
  const incidents = useSituation(({ picture }) => picture.incidents);
  return useMemo(
    () =>
      Object.values(incidents)
        .filter((incident) => shown === 'all' || isUnassigned(incident))
        .sort(byUrgency)
        .map((incident) => incident.id),
    [incidents, shown],
  );
}

export function IncidentList({ onOpen }: { onOpen: (id: Id) => void }) {
  const { t } = useTranslation(DESK);
  const [shown, setShown] = useState<Shown | 'ended'>('all');
  const ready = useSituation((state) => state.ready);
  const incidents = useSituation(({ picture }) => picture.incidents);
  const selectedId = useSelectedId('incident');
  const all = useIncidentOrder('all');
  const unassigned = useIncidentOrder('unassigned');
  const ids = shown === 'unassigned' ? unassigned : all;
  const tab = (which: Shown, count: number) => (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-pressed={shown === which}
      data-testid={`incidents-${which}`}
      onClick={() => setShown(which)}
    >
      {t(`incidents.${which}`, { count })}
    </button>
  );
  return (
    <Panel
      title={t('incidents.title')}
      testId="incidents"
      className="panel-incidents"
      actions={
        <>
          {tab('unassigned', unassigned.length)}
          {tab('all', all.length)}
          <Act
            testId="incidents-ended"
            kind="quiet"
            pressed={shown === 'ended'}
            onClick={() => setShown('ended')}
          >
            {t('ended.tab')}
          </Act>
        </>
      }
    >
      {!ready && <Skeleton rows={5} />}
      {shown === 'ended' && (
        <Suspense fallback={<Skeleton rows={5} />}>
          <ClosedIncidents />
        </Suspense>
      )}
      {ready && shown !== 'ended' && ids.length === 0 && (
        <Empty>{t(`incidents.none.${shown}`)}</Empty>
      )}
      {shown !== 'ended' && ids.length > 0 && (
        <RowList
          ids={ids}
          label={t('incidents.label')}
          testId="incident-list"
          selectedId={selectedId}
          onSelect={(id) => select({ type: 'incident', id })}
          onOpen={onOpen}
        >
          {(id) => <IncidentRow incident={incidents[id]} />}
        </RowList>
      )}
    </Panel>
  );
}

function IncidentRow({ incident }: { incident: DeskIncident | undefined }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const pending = usePending(incident?.id);
  if (!incident) return null;
  const scheduled = incident.status === 'scheduled';
  const alone = isUnassigned(incident) && !scheduled;
  const type = typeLabel(incident.type);
  return (
    <div
      className={`incident-row ${pending === 'no' ? '' : 'pending'}`}
      data-number={incident.number}
      data-unassigned={alone}
    >
      <PriorityBadge priority={incident.priority} />
      <strong>{shortNumber(incident.number)}</strong>
      <span className="clip" title={type}>
        {incident.protected && <StatusMark tone="caution" shape="diamond" size={10} />}
        {incident.major && <StatusMark tone="serious" size={10} />} {type}
      </span>
      <span className="muted clip" title={incident.address ?? undefined}>
        {incident.address ?? t('calls.noPlace')}
      </span>
      <span className="clip incident-units">
        {pending === 'unconfirmed' ? (
          <em className="tone-caution">{t('common:pending.unconfirmed')}</em>
        ) : scheduled ? (
          <em className="muted">{t('incidentStatus.scheduled')}</em>
        ) : alone ? (
          <em className="muted">{t('incidents.alone')}</em>
        ) : (
          activeAssignments(incident)
            .map((assignment) => assignment.callsign)
            .join(' ')
        )}
      </span>
      <span className="row-time">
        {alone ? (
          <Wait
            since={incident.opened_at}
            limits={UNASSIGNED_LIMITS_S[incident.priority]}
            overdue={incident.overdue}
          />
        ) : (
          <Wait since={incident.opened_at} />
        )}
      </span>
    </div>
  );
}
