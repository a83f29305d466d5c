import { releaseUnits } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatEta } from '@/shared/time/format';
import { At, Wait } from '@/shared/ui/ages';
import { UnitMark } from '@/shared/ui/marks';
import { Empty } from '@/shared/ui/panel';
import { PendingMark } from '@/shared/ui/Rejections';
import type { Assignment, Incident } from '@/shared/wire/types';
import { activeAssignments } from '@/situation/order';
import { previewUnit } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import './assigning.css';

/** Who is on it, with the time of each step; released ones below, grey. */
export function AssignedList({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const active = activeAssignments(incident);
  const released = incident.assignments.filter((one) => one.released_at !== null);
  if (incident.assignments.length === 0) return <Empty>{t('assigned.none')}</Empty>;
  return (
    <ul data-testid="assignments">
      {[...active, ...released].map((assignment) => (
        <Assigned key={assignment.id} assignment={assignment} />
      ))}
    </ul>
  );
}

function Assigned({ assignment }: { assignment: Assignment }) {
  const { t } = useTranslation(DESK);
  const unit = useSituation(({ picture }) => picture.units[assignment.unit_id]);
  const mayAssign = useMay('units.assign');
  const released = assignment.released_at !== null;
  return (
    <li
      className={`assigned ${released ? 'muted' : ''}`}
      data-testid="assignment"
      data-callsign={assignment.callsign}
      data-activity={released ? 'released' : unit?.activity}
      onPointerEnter={() => !released && previewUnit(assignment.unit_id)}
      onPointerLeave={() => previewUnit(null)}
    >
      <div className="assigned-head">
        {unit && !released && <UnitMark unit={unit} />}
        <strong>{assignment.callsign}</strong>
        <span>
          {released ? t('assigned.released') : unit ? t(`common:activity.${unit.activity}`) : ''}
        </span>
        {!released && assignment.eta_s !== null && assignment.on_scene_at === null && (
          <span className="muted">{t('assigned.eta', { eta: formatEta(assignment.eta_s) })}</span>
        )}
        {!released && assignment.acknowledged_at === null && (
          <Wait since={assignment.assigned_at} overdue={assignment.overdue} />
        )}
        <PendingMark id={assignment.unit_id} />
        {mayAssign && !released && (
          <button
            type="button"
            className="button"
            data-size="small"
            data-testid={`release-${assignment.callsign}`}
            onClick={() =>
              void attempt(
                releaseUnits(
                  assignment.incident_id,
                  [assignment.unit_id],
                  'released_by_dispatcher',
                ),
              )
            }
          >
            {t('assigned.release')}
          </button>
        )}
      </div>
      <dl className="steps">
        <Step name={t('assigned.at')} at={assignment.assigned_at} />
        <Step name={t('assigned.acknowledged')} at={assignment.acknowledged_at} />
        <Step name={t('assigned.enRoute')} at={assignment.en_route_at} />
        <Step name={t('assigned.onScene')} at={assignment.on_scene_at} />
      </dl>
    </li>
  );
}

function Step({ name, at }: { name: string; at: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <At at={at} />
      </dd>
    </div>
  );
}
