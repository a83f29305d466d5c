import { useEffect } from 'react';
import { useSession } from '@/features/session/session';
import { Problem, post } from '@/shared/api/client';
import { useLabel } from '@/shared/api/reference';
import { changeOwner } from '@/shared/commands/incidents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDayClock, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { Wait } from '@/shared/ui/ages';
import { PriorityBadge, StatusMark } from '@/shared/ui/marks';
import { PendingMark } from '@/shared/ui/Rejections';
import type { DeskIncident, Looking } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { isUnassigned, UNASSIGNED_LIMITS_S } from '@/situation/order';
import { useSituation } from '@/situation/store';

/** How often this desk says that it has the incident open; the centre forgets after a while. */
const LOOK_EVERY_MS = 10_000;

export function IncidentHead({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const scheduled = incident.status === 'scheduled';
  const alone = isUnassigned(incident) && !scheduled;
  return (
    <>
      <header className="detail-head">
        <PriorityBadge priority={incident.priority} />
        <h2>{shortNumber(incident.number)}</h2>
        <strong data-testid="incident-type-label">{typeLabel(incident.type)}</strong>
        <span data-testid="incident-status" data-status={incident.status}>
          {t(`incidentStatus.${incident.status}`)}
        </span>
        <Wait
          since={incident.opened_at}
          limits={alone ? UNASSIGNED_LIMITS_S[incident.priority] : undefined}
          overdue={alone && incident.overdue}
        />
        <PendingMark id={incident.id} />
      </header>
      <Marks incident={incident} />
      <Hands incident={incident} />
    </>
  );
}

function Marks({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const { protected: isProtected, masked, scheduled_for, major } = incident;
  if (!isProtected && !masked && !scheduled_for && !major) return null;
  return (
    <p className="acts">
      {isProtected && (
        <span className="chip tone-caution" data-testid="protected" title={t('marks.protectedWhy')}>
          <StatusMark tone="caution" shape="diamond" /> {t('marks.protected')}
        </span>
      )}
      {masked && (
        <span className="chip tone-off" data-testid="masked">
          {t('marks.masked')}
        </span>
      )}
      {scheduled_for && (
        <span className="chip tone-standby" data-testid="scheduled-for">
          {t('marks.scheduled', { at: formatDayClock(Date.parse(scheduled_for)) })}
        </span>
      )}
      {major && (
        <span className="chip tone-serious" data-testid="major-mark">
          <StatusMark tone="serious" /> {t('marks.major')}
        </span>
      )}
    </p>
  );
}

/** Whose it is, and who else has it on screen at this moment. */
function Hands({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const me = useSession()?.user;
  const mayWrite = useMay('incidents.write');
  const { owner } = incident;
  const mine = me !== undefined && owner === me.username;
  const known = owner !== undefined;
  return (
    <div className="acts hands">
      {known && (
        <span data-testid="incident-owner" data-mine={mine}>
          {owner === null ? (
            <em className="muted">{t('hands.nobody')}</em>
          ) : (
            t(mine ? 'hands.mine' : 'hands.owner', { owner: owner ?? '' })
          )}
        </span>
      )}
      {known && mayWrite && me && !mine && (
        <Act testId="owner-take" onClick={() => void attempt(changeOwner(incident, me.username))}>
          {t('hands.take')}
        </Act>
      )}
      <LookingNow id={incident.id} />
    </div>
  );
}

function LookingNow({ id }: { id: Id }) {
  const { t } = useTranslation(DESK);
  const me = useSession()?.user;
  const looking = useSituation(({ live }) => live[`looking:${id}`] as Looking | undefined);
  useEffect(() => {
    const look = () => void sayLooking(id, false);
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      void sayLooking(id, true);
    };
  }, [id]);
  const others = (looking?.users ?? [])
    .map((user) => user.name)
    .filter((name) => name !== me?.username && name !== me?.display_name);
  if (others.length === 0) return null;
  return (
    <span className="muted" data-testid="looking">
      {t('hands.looking', { names: others.join(', '), count: others.length })}
    </span>
  );
}

/** Presence is a courtesy: when it cannot be said, nothing is lost and nobody is bothered. */
async function sayLooking(id: Id, gone: boolean): Promise<void> {
  try {
    await post(`/incidents/${id}/look`, { gone });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}
