import { type FormEvent, useState } from 'react';
import { AssignedList } from '@/features/assigning/Assigned';
import { RecommendationList } from '@/features/assigning/Recommendation';
import { WrongPlaceButton } from '@/features/calls/WrongPlace';
import { NearCameras } from '@/features/cameras/NearCameras';
import { useLabel, useReference } from '@/shared/api/reference';
import { addNote, changeIncident, closeIncident } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { shortNumber } from '@/shared/time/format';
import { At, Wait } from '@/shared/ui/ages';
import { CodeSelect } from '@/shared/ui/CodeSelect';
import { PriorityBadge } from '@/shared/ui/marks';
import { PriorityPicker } from '@/shared/ui/PriorityPicker';
import { Empty, Guard } from '@/shared/ui/panel';
import { PendingMark } from '@/shared/ui/Rejections';
import { TypeAhead } from '@/shared/ui/TypeAhead';
import type { Incident } from '@/shared/wire/types';
import { isUnassigned, UNASSIGNED_LIMITS_S } from '@/situation/order';
import { Timeline } from './Timeline';
import './incidents.css';

type Side = 'timeline' | 'cameras';

/** Facts and notes, units, then history and cameras; each column scrolls for itself. */
export function IncidentDetail({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const [side, setSide] = useState<Side>('timeline');
  const mayAssign = useMay('units.assign');
  const sideTab = (which: Side) => (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-pressed={side === which}
      data-testid={`detail-${which}`}
      onClick={() => setSide(which)}
    >
      {t(`incident.${which}`)}
    </button>
  );
  return (
    <div className="detail-columns" data-testid="incident-detail" data-number={incident.number}>
      <section className="detail-column">
        <Head incident={incident} />
        <Facts incident={incident} />
        {incident.location && (
          <WrongPlaceButton
            key={incident.id}
            text={incident.address ?? ''}
            chosen={{ ...incident.location, label: incident.address ?? '' }}
            {...(incident.call_ids[0] ? { callId: incident.call_ids[0] } : {})}
          />
        )}
        <Notes incident={incident} />
        <Edit incident={incident} />
      </section>
      <section className="detail-column">
        <h3>{t('assigned.title')}</h3>
        <Guard>
          <AssignedList incident={incident} />
        </Guard>
        {mayAssign && (
          <>
            <h3>{t('recommend.title')}</h3>
            <Guard>
              <RecommendationList incidentId={incident.id} />
            </Guard>
          </>
        )}
      </section>
      <section className="detail-column">
        <div className="tabs">
          {sideTab('timeline')}
          {sideTab('cameras')}
        </div>
        <Guard>
          {side === 'timeline' ? (
            <Timeline incidentId={incident.id} />
          ) : (
            <NearCameras incidentId={incident.id} />
          )}
        </Guard>
      </section>
    </div>
  );
}

function Head({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const alone = isUnassigned(incident);
  return (
    <header className="detail-head">
      <PriorityBadge priority={incident.priority} />
      <h2>{shortNumber(incident.number)}</h2>
      <strong data-testid="incident-type-label">{typeLabel(incident.type)}</strong>
      <span data-testid="incident-status" data-status={incident.status}>
        {t(`common:incidentStatus.${incident.status}`)}
      </span>
      <Wait
        since={incident.opened_at}
        limits={alone ? UNASSIGNED_LIMITS_S[incident.priority] : undefined}
        overdue={alone && incident.overdue}
      />
      <PendingMark id={incident.id} />
    </header>
  );
}

function Facts({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const { location } = incident;
  return (
    <dl className="facts">
      <dt>{t('call.address')}</dt>
      <dd>{incident.address ?? t('calls.noPlace')}</dd>
      {location && (
        <>
          <dt>{t('call.precision')}</dt>
          <dd>
            {t('call.precisionValue', {
              metres: Math.round(location.uncertainty_m),
              percent: Math.round(location.confidence * 100),
            })}
          </dd>
        </>
      )}
      {incident.zones.length > 0 && (
        <>
          <dt>{t('word.zones')}</dt>
          <dd>{incident.zones.map((zone) => zone.name).join(', ')}</dd>
        </>
      )}
      <dt>{t('word.agencies')}</dt>
      <dd>{incident.agencies.join(' ')}</dd>
      {incident.narrative && (
        <>
          <dt>{t('call.narrative')}</dt>
          <dd className="prose">{incident.narrative}</dd>
        </>
      )}
      <dt>{t('word.calls')}</dt>
      <dd>{incident.call_ids.length}</dd>
    </dl>
  );
}

function Notes({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('incidents.write');
  const [text, setText] = useState('');

  async function submit(event: FormEvent) {
    event.preventDefault();
    const words = text.trim();
    if (words === '') return;
    const answer = await attempt(addNote(incident.id, words));
    if (answer !== undefined) setText('');
  }

  return (
    <>
      <h3>{t('notes.title')}</h3>
      {incident.notes.length === 0 && <Empty>{t('notes.none')}</Empty>}
      <ul className="notes" data-testid="notes">
        {incident.notes.map((note) => (
          <li key={note.id}>
            <span className="note-head">
              <At at={note.at} />
              {note.author}
            </span>
            <p className="prose">{note.text}</p>
          </li>
        ))}
      </ul>
      {mayWrite && (
        <form className="note-form" onSubmit={(event) => void submit(event)}>
          <input
            className="input"
            aria-label={t('notes.add')}
            placeholder={t('notes.add')}
            maxLength={2000}
            value={text}
            data-testid="note-text"
            onChange={(event) => setText(event.target.value)}
          />
          <button
            type="submit"
            className="button"
            disabled={text.trim() === ''}
            data-testid="note-add"
          >
            {t('notes.submit')}
          </button>
        </form>
      )}
    </>
  );
}

function Edit({ incident }: { incident: Incident }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('incidents.write');
  const codes = useReference((state) => state.codes.incident_dispositions);
  const [disposition, setDisposition] = useState('');
  if (!mayWrite) return null;
  return (
    <details className="edit" data-testid="incident-edit">
      <summary>{t('incident.edit')}</summary>
      <PriorityPicker
        value={incident.priority}
        onPick={(priority) => void attempt(changeIncident(incident, { priority }))}
      />
      <TypeAhead
        label={t('open.type')}
        value={incident.type}
        testId="incident-change-type"
        onChoose={({ code }) => void attempt(changeIncident(incident, { type: code }))}
      />
      <form
        className="close-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (disposition !== '') void attempt(closeIncident(incident, disposition));
        }}
      >
        <CodeSelect
          label={t('incident.closeAs')}
          codes={codes}
          value={disposition}
          onChange={setDisposition}
          testId="incident-disposition"
        />
        <button
          type="submit"
          className="button"
          data-kind="danger"
          disabled={disposition === ''}
          data-testid="incident-close"
        >
          {t('incident.close')}
        </button>
      </form>
    </details>
  );
}
