import { type FormEvent, useState } from 'react';
import { AssignedList } from '@/features/assigning/Assigned';
import { RecommendationList } from '@/features/assigning/Recommendation';
import { WrongPlaceButton } from '@/features/calls/WrongPlace';
import { startIncident } from '@/shared/commands/incidents';
import { addNote } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Act } from '@/shared/ui/act';
import { At } from '@/shared/ui/ages';
import { Empty, Guard } from '@/shared/ui/panel';
import type { DeskIncident } from '@/shared/wire/dispatch';
import { Clocks } from './Clocks';
import { EditIncident } from './EditIncident';
import { IncidentHead } from './IncidentHead';
import { PremiseNotes } from './PremiseNotes';
import { SideTabs } from './SideTabs';
import './incidents.css';

/** Facts and notes, units, then history and what belongs to it; each column scrolls for itself. */
export function IncidentDetail({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const mayAssign = useMay('units.assign');
  const scheduled = incident.status === 'scheduled';
  return (
    <div className="detail-columns" data-testid="incident-detail" data-number={incident.number}>
      <section className="detail-column">
        <IncidentHead incident={incident} />
        <Guard>
          <PremiseNotes incident={incident} />
        </Guard>
        <Clocks incident={incident} />
        <Facts incident={incident} />
        {incident.location && !incident.masked && (
          <WrongPlaceButton
            key={incident.id}
            text={incident.address ?? ''}
            chosen={{ ...incident.location, label: incident.address ?? '' }}
            {...(incident.call_ids[0] ? { callId: incident.call_ids[0] } : {})}
          />
        )}
        <Notes incident={incident} />
        <EditIncident key={incident.id} incident={incident} />
      </section>
      <section className="detail-column">
        <h3>{t('assigned.title')}</h3>
        <Guard>
          <AssignedList incident={incident} />
        </Guard>
        {mayAssign && !scheduled && (
          <>
            <h3>{t('recommend.title')}</h3>
            <Guard>
              <RecommendationList key={incident.id} incidentId={incident.id} />
            </Guard>
          </>
        )}
        {scheduled && (
          <>
            <Empty>{t('marks.holdsNoUnit')}</Empty>
            {mayAssign && (
              <Act testId="incident-start" onClick={() => void attempt(startIncident(incident))}>
                {t('marks.start')}
              </Act>
            )}
          </>
        )}
      </section>
      <section className="detail-column">
        <SideTabs incident={incident} />
      </section>
    </div>
  );
}

function Facts({ incident }: { incident: DeskIncident }) {
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

function Notes({ incident }: { incident: DeskIncident }) {
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
