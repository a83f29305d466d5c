import { useState } from 'react';
import { OpenIncidentForm, type Opening } from '@/features/incidents/OpenIncidentForm';
import { useLabel } from '@/shared/api/reference';
import { addWitnesses } from '@/shared/commands/calls';
import { openIncident } from '@/shared/commands/intents';
import { attempt, type Command } from '@/shared/commands/pending';
import { centreOn } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance, shortNumber } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { Wait } from '@/shared/ui/ages';
import { PriorityBadge } from '@/shared/ui/marks';
import { Empty } from '@/shared/ui/panel';
import type { Storm } from '@/shared/wire/dispatch';
import type { Id, Incident } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { nearIncidentsOf } from './near';
import { showStorm, useStorms } from './storms';
import { whyText } from './why';

const SHOWN = 60;

export default function StormDetail({ id }: { id: string }) {
  const { t } = useTranslation(DESK);
  const storm = useStorms().find((one) => one.id === id);
  if (storm === undefined) return <Empty>{t('storm.gone')}</Empty>;
  return <Shown key={storm.id} storm={storm} />;
}

function Shown({ storm }: { storm: Storm }) {
  const { t } = useTranslation(DESK);
  const [left, setLeft] = useState<ReadonlySet<Id>>(new Set());
  const together = storm.call_ids.filter((id) => !left.has(id));
  const toggle = (id: Id) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <div className="detail-columns" data-testid="storm" data-calls={storm.call_ids.length}>
      <section className="detail-column">
        <StormHead storm={storm} />
        <h3>{t('storm.joinTitle', { count: together.length })}</h3>
        <Join storm={storm} together={together} />
      </section>
      <section className="detail-column">
        <h3>{t('storm.openTitle', { count: together.length })}</h3>
        <OpenIncidentForm
          type={storm.type}
          command={(opening) => openWithAll(opening, together)}
          disabled={together.length === 0}
          onOpened={(incident) => {
            showStorm(null);
            select({ type: 'incident', id: incident.id });
          }}
        />
      </section>
      <section className="detail-column">
        {storm.outlier_call_ids.length > 0 && (
          <>
            <h3 className="tone-caution">
              {t('storm.outliers', { count: storm.outlier_call_ids.length })}
            </h3>
            <CallLines
              ids={storm.outlier_call_ids}
              testId="storm-outliers"
              why={new Map(storm.outliers.map((one) => [one.call_id, one.why]))}
            />
          </>
        )}
        {storm.unheard_call_ids.length > 0 && (
          <>
            <h3>{t('storm.unheard', { count: storm.unheard_call_ids.length })}</h3>
            <CallLines ids={storm.unheard_call_ids} testId="storm-unheard" />
          </>
        )}
        <h3>{t('storm.calls', { count: storm.call_ids.length })}</h3>
        <CallLines ids={storm.call_ids} testId="storm-calls" left={left} onToggle={toggle} />
      </section>
    </div>
  );
}

function StormHead({ storm }: { storm: Storm }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const { location } = storm;
  return (
    <>
      <header className="detail-head">
        <h2>{t('storm.offer', { count: storm.call_ids.length })}</h2>
        <Wait since={storm.since} />
        {location && (
          <Act testId="storm-centre" kind="quiet" onClick={() => centreOn(location)}>
            {t('danger.show')}
          </Act>
        )}
      </header>
      <p>
        {[
          storm.type && typeLabel(storm.type),
          storm.radius_m !== null && t('storm.within', { radius: formatDistance(storm.radius_m) }),
          storm.words.length > 0 && `«${storm.words.join(', ')}»`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul className="dense muted">
        {storm.why.map((why) => (
          <li key={JSON.stringify(why)}>{whyText(why, t)}</li>
        ))}
      </ul>
    </>
  );
}

/** The first call opens it, the others follow as witnesses: two commands, each whole by itself. */
function openWithAll(opening: Opening, ids: readonly Id[]): Command<Incident> {
  const [first, ...others] = ids;
  const open = openIncident({ ...opening, ...(first ? { call_id: first } : {}) });
  return {
    ...open,
    subjects: ids,
    send: async (key) => {
      const incident = await open.send(key);
      if (others.length > 0) void attempt(addWitnesses(incident.id, others));
      return incident;
    },
  };
}

function Join({ storm, together }: { storm: Storm; together: readonly Id[] }) {
  const { t } = useTranslation(DESK);
  const incidents = useSituation(({ picture }) => picture.incidents);
  const typeLabel = useLabel('incident_types');
  const named = storm.incident_id ? incidents[storm.incident_id] : undefined;
  const near = storm.location ? nearIncidentsOf(storm.location, incidents) : [];
  const offered = [...(named ? [named] : []), ...near.filter((one) => one.id !== named?.id)];
  if (offered.length === 0) return <Empty>{t('storm.noneNear')}</Empty>;
  return (
    <ul>
      {offered.map((incident) => (
        <li key={incident.id} className="duplicate">
          <PriorityBadge priority={incident.priority} />
          <strong>{shortNumber(incident.number)}</strong>
          <span className="clip">{typeLabel(incident.type)}</span>
          <Act
            testId={`storm-join-${shortNumber(incident.number)}`}
            kind={incident.id === named?.id ? 'primary' : undefined}
            disabled={together.length === 0}
            onClick={() =>
              void attempt(addWitnesses(incident.id, together)).then((done) => {
                if (done === undefined) return;
                showStorm(null);
                select({ type: 'incident', id: incident.id });
              })
            }
          >
            {t('storm.join', { count: together.length })}
          </Act>
        </li>
      ))}
    </ul>
  );
}

interface CallLinesProps {
  ids: readonly Id[];
  testId: string;
  left?: ReadonlySet<Id>;
  onToggle?: (id: Id) => void;
  /** Why a call is not counted in. */
  why?: ReadonlyMap<Id, string>;
}

function CallLines({ ids, testId, left, onToggle, why }: CallLinesProps) {
  const { t } = useTranslation(DESK);
  const calls = useSituation(({ picture }) => picture.calls);
  return (
    <ul className="dense" data-testid={testId}>
      {ids.slice(0, SHOWN).map((id) => {
        const call = calls[id];
        if (call === undefined) return null;
        const words = call.narrative ?? call.address ?? t('calls.noPlace');
        return (
          <li key={id} className="storm-call">
            {onToggle ? (
              <label>
                <input type="checkbox" checked={!left?.has(id)} onChange={() => onToggle(id)} />{' '}
                {shortNumber(call.number)}
              </label>
            ) : (
              <Act testId="outlier-open" kind="quiet" onClick={() => select({ type: 'call', id })}>
                {shortNumber(call.number)}
              </Act>
            )}
            <span className="clip" title={words}>
              {why?.has(id) && <strong>{`${whyText(why.get(id) ?? '', t)}: `}</strong>}
              {words}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
