import { useState } from 'react';
import { OpenIncidentForm } from '@/features/incidents/OpenIncidentForm';
import { useLabel, useReference } from '@/shared/api/reference';
import { closeCall, linkCall, locateCall, openIncident, takeCall } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { serverClock } from '@/shared/time/clock';
import { formatDistance, shortNumber } from '@/shared/time/format';
import { At, Wait } from '@/shared/ui/ages';
import { CodeSelect } from '@/shared/ui/CodeSelect';
import { PriorityBadge } from '@/shared/ui/marks';
import { PendingMark } from '@/shared/ui/Rejections';
import type { Call } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { AddressSearch, type Chosen } from './AddressSearch';
import { nearIncidents } from './near';
import { WrongPlaceButton } from './WrongPlace';
import './calls.css';

export function CallDetail({ call }: { call: Call }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('calls.write');
  const mayOpen = useMay('incidents.write');
  return (
    <div className="detail-columns" data-testid="call-detail" data-id={call.id}>
      <section className="detail-column">
        <CallHead call={call} />
        {mayWrite && <Locate call={call} />}
        <Facts call={call} />
        {call.location && (
          <WrongPlaceButton
            key={call.id}
            text={call.address_text ?? call.address ?? ''}
            chosen={{ ...call.location, label: call.address ?? '' }}
            callId={call.id}
          />
        )}
      </section>
      <section className="detail-column">
        <NearList call={call} mayLink={mayWrite} />
        {mayOpen && call.state !== 'linked' && (
          <>
            <h3>{t('call.openIncident')}</h3>
            <OpenIncidentForm
              key={call.id}
              narrative={call.narrative ?? ''}
              command={(opening) => openIncident({ ...opening, call_id: call.id })}
              onOpened={(incident) => select({ type: 'incident', id: incident.id })}
            />
          </>
        )}
      </section>
      {mayWrite && call.state !== 'linked' && (
        <section className="detail-column">
          <CloseCall call={call} />
        </section>
      )}
    </div>
  );
}

function CallHead({ call }: { call: Call }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('calls.write');
  return (
    <header className="detail-head">
      <h2>{t('common:word.call', { number: shortNumber(call.number) })}</h2>
      <span>{t(`common:callState.${call.state}`)}</span>
      <Wait since={call.received_at} overdue={call.overdue} />
      <PendingMark id={call.id} />
      {mayWrite && call.state === 'waiting' && (
        <button
          type="button"
          className="button"
          data-kind="primary"
          data-testid="call-take"
          onClick={() => void attempt(takeCall(call.id))}
        >
          {t('call.take')}
        </button>
      )}
    </header>
  );
}

function Locate({ call }: { call: Call }) {
  const { t } = useTranslation(DESK);
  const located = ({ text, place }: Chosen) =>
    attempt(locateCall(call.id, place ? { location: place } : { address_text: text }));
  return (
    <AddressSearch
      key={call.id}
      label={t('call.where')}
      initial={call.address ?? call.address_text ?? ''}
      testId="call-where"
      near={call.location}
      settled={call.location !== null}
      callId={call.id}
      onChoose={(chosen) => void located(chosen)}
    />
  );
}

function Facts({ call }: { call: Call }) {
  const { t } = useTranslation(DESK);
  const { location } = call;
  return (
    <dl className="facts">
      <dt>{t('call.address')}</dt>
      <dd data-testid="call-address">{call.address ?? t('calls.noPlace')}</dd>
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
      {call.zones.length > 0 && (
        <>
          <dt>{t('word.zones')}</dt>
          <dd>{call.zones.map((zone) => zone.name).join(', ')}</dd>
        </>
      )}
      <dt>{t('call.number')}</dt>
      <dd>{call.caller_number ?? '–'}</dd>
      <dt>{t('call.source')}</dt>
      <dd>{t(`callSource.${call.source as 'phone'}`, { defaultValue: call.source })}</dd>
      <dt>{t('call.received')}</dt>
      <dd>
        <At at={call.received_at} />
      </dd>
      {call.narrative && (
        <>
          <dt>{t('call.narrative')}</dt>
          <dd className="prose">{call.narrative}</dd>
        </>
      )}
    </dl>
  );
}

function NearList({ call, mayLink }: { call: Call; mayLink: boolean }) {
  const { t } = useTranslation(DESK);
  const picture = useSituation((state) => state.picture);
  const typeLabel = useLabel('incident_types');
  const near = nearIncidents(call, picture, serverClock.now());
  if (near.length === 0 || call.state === 'linked') return null;
  return (
    <>
      <h3>{t('call.duplicates')}</h3>
      <ul data-testid="duplicates">
        {near.map(({ incident, distanceM }) => (
          <li key={incident.id} className="duplicate">
            <PriorityBadge priority={incident.priority} />
            <strong>{shortNumber(incident.number)}</strong>
            <span className="clip">{typeLabel(incident.type)}</span>
            <span className="muted">{formatDistance(distanceM)}</span>
            <Wait since={incident.opened_at} />
            {mayLink && (
              <button
                type="button"
                className="button"
                data-size="small"
                data-testid={`link-${shortNumber(incident.number)}`}
                onClick={() => void attempt(linkCall(call.id, incident.id))}
              >
                {t('call.link')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function CloseCall({ call }: { call: Call }) {
  const { t } = useTranslation(DESK);
  const codes = useReference((state) => state.codes.call_dispositions);
  const [disposition, setDisposition] = useState('');
  return (
    <form
      className="close-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (disposition !== '') void attempt(closeCall(call.id, disposition));
      }}
    >
      <CodeSelect
        label={t('call.closeAs')}
        codes={codes}
        value={disposition}
        onChange={setDisposition}
        testId="call-disposition"
      />
      <button
        type="submit"
        className="button"
        disabled={disposition === ''}
        data-testid="call-close"
      >
        {t('call.close')}
      </button>
    </form>
  );
}
