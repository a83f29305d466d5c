import { useState } from 'react';
import { OpenIncidentForm } from '@/features/incidents/OpenIncidentForm';
import { useLabel, useReference } from '@/shared/api/reference';
import { closeCall, linkCall, locateCall, openIncident } from '@/shared/commands/intents';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { serverClock } from '@/shared/time/clock';
import { formatDistance, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { At, Wait } from '@/shared/ui/ages';
import { CodeSelect } from '@/shared/ui/CodeSelect';
import { PriorityBadge } from '@/shared/ui/marks';
import { Empty, Guard, Skeleton } from '@/shared/ui/panel';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskCall } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { AddressSearch, type Chosen } from './AddressSearch';
import { Callbacks } from './Callbacks';
import { CallHead } from './CallHead';
import { EarlierCalls } from './EarlierCalls';
import { FixList } from './FixList';
import { isAbandoned } from './holding';
import { InterviewPanel } from './InterviewPanel';
import { nearIncidents } from './near';
import { Triage } from './Triage';
import { WrongPlaceButton } from './WrongPlace';
import './calls.css';

type Side = 'triage' | 'interview' | 'earlier';
const SIDES: readonly Side[] = ['triage', 'interview', 'earlier'];
const INTERVIEW_KEY = 'q';

/** Where, then what, then what else is known: a silent call is coded from the third column. */
export function CallDetail({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  const [chosen, setSide] = useState<Side | null>(null);
  const mayWrite = useMay('calls.write');
  const mayOpen = useMay('incidents.write');
  const side = chosen ?? (call.interview && !call.interview.done ? 'interview' : 'triage');
  const open = call.state !== 'linked' && call.state !== 'closed';
  const ringBack = isAbandoned(call) || call.rering === true;
  useKeyLayer((key) => {
    if (key !== INTERVIEW_KEY) return false;
    setSide(side === 'interview' ? 'triage' : 'interview');
    return true;
  }, mayWrite);
  return (
    <div className="detail-columns" data-testid="call-detail" data-id={call.id}>
      <section className="detail-column">
        <CallHead call={call} />
        {ringBack && <Callbacks call={call} keysOn={side === 'triage'} />}
        {mayWrite && <Locate call={call} />}
        <FixList call={call} />
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
        {mayOpen && open && (
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
      <section className="detail-column">
        <div className="tabs">
          {SIDES.map((one) => (
            <Act
              key={one}
              testId={`call-${one}`}
              kind="quiet"
              hint={one === 'interview' ? INTERVIEW_KEY : undefined}
              pressed={side === one}
              onClick={() => setSide(one)}
            >
              {t(`callSide.${one}`)}
            </Act>
          ))}
        </div>
        <Guard>
          {side === 'triage' && <Triage call={call} keysOn={mayWrite && !ringBack} />}
          {side === 'interview' && <InterviewPanel call={call} />}
          {side === 'earlier' && <EarlierCalls callId={call.id} />}
        </Guard>
        {mayWrite && open && <CloseCall call={call} />}
      </section>
    </div>
  );
}

/** A call that has left the picture but is still to be rung back: asked for by itself. */
export function FarCall({ id }: { id: Id }) {
  const { t } = useTranslation(DESK);
  const { answer, problem } = useAsked<DeskCall>(`/calls/${id}`, { everyMs: FAR_AGAIN_MS });
  if (answer === null && problem === null) return <Skeleton rows={2} />;
  if (answer === null || !(answer.rering || isAbandoned(answer)))
    return <Empty>{t('detail.gone')}</Empty>;
  return <CallDetail call={answer} />;
}

const FAR_AGAIN_MS = 5_000;

function Locate({ call }: { call: DeskCall }) {
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

function Facts({ call }: { call: DeskCall }) {
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

function NearList({ call, mayLink }: { call: DeskCall; mayLink: boolean }) {
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

function CloseCall({ call }: { call: DeskCall }) {
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
