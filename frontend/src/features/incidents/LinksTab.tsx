import { useState } from 'react';
import { useLabel } from '@/shared/api/reference';
import {
  linkIncident,
  splitIncident,
  unlinkIncident,
  unmergeIncident,
} from '@/shared/commands/incidents';
import { mergeIncident } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { shortNumber } from '@/shared/time/format';
import { Act, AskReason } from '@/shared/ui/act';
import { PriorityBadge } from '@/shared/ui/marks';
import { Empty } from '@/shared/ui/panel';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskIncident, IncidentLink } from '@/shared/wire/dispatch';
import type { Id, Incident } from '@/shared/wire/types';
import { byUrgency } from '@/situation/order';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';

const LINK_KINDS: readonly IncidentLink['kind'][] = ['related', 'parent', 'child'];

/** What belongs together and what does not: links, the calls inside, splitting and undoing a merge. */
export function LinksTab({ incident }: { incident: DeskIncident }) {
  const mayWrite = useMay('incidents.write');
  return (
    <div data-testid="links-tab">
      <Links incident={incident} mayWrite={mayWrite} />
      {mayWrite && <JoinOther incident={incident} />}
      <CallsInside incident={incident} mayWrite={mayWrite} />
      <MergedFrom incident={incident} mayWrite={mayWrite} />
    </div>
  );
}

function Links({ incident, mayWrite }: { incident: DeskIncident; mayWrite: boolean }) {
  const { t } = useTranslation(DESK);
  const links = incident.links ?? [];
  return (
    <>
      <h3>{t('links.title')}</h3>
      {links.length === 0 && <Empty>{t('links.none')}</Empty>}
      <ul>
        {links.map((link) => (
          <li key={link.incident_id} className="duplicate">
            <span className="muted">{t(`links.kind.${link.kind}`)}</span>
            <Act
              testId={`link-go-${shortNumber(link.number)}`}
              onClick={() => select({ type: 'incident', id: link.incident_id })}
            >
              {shortNumber(link.number)}
            </Act>
            {mayWrite && (
              <Act
                testId={`unlink-${shortNumber(link.number)}`}
                kind="quiet"
                onClick={() => void attempt(unlinkIncident(incident, link.incident_id))}
              >
                {t('links.remove')}
              </Act>
            )}
          </li>
        ))}
      </ul>
      {incident.split_from && (
        <p className="dense">
          {t('links.splitFrom')}{' '}
          <Act
            testId="split-origin"
            kind="quiet"
            onClick={() => select({ type: 'incident', id: incident.split_from ?? '' })}
          >
            {t('links.original')}
          </Act>
        </p>
      )}
    </>
  );
}

/** Another open incident: link it, or put this one into it. */
function JoinOther({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const incidents = useSituation(({ picture }) => picture.incidents);
  const [other, setOther] = useState<Id>('');
  const linked = new Set((incident.links ?? []).map((link) => link.incident_id));
  const others = Object.values(incidents)
    .filter((one) => one.id !== incident.id && !linked.has(one.id))
    .sort(byUrgency);
  const words = (one: Incident) =>
    `${shortNumber(one.number)} P${one.priority} ${typeLabel(one.type)} ${one.address ?? ''}`;
  return (
    <div className="join-other">
      <select
        className="input"
        aria-label={t('links.other')}
        value={other}
        data-testid="links-other"
        onChange={(event) => setOther(event.target.value)}
      >
        <option value="">{t('links.other')}</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {words(one)}
          </option>
        ))}
      </select>
      {other !== '' && (
        <div className="acts">
          {LINK_KINDS.map((kind) => (
            <Act
              key={kind}
              testId={`links-${kind}`}
              onClick={() => {
                setOther('');
                void attempt(linkIncident(incident, other, kind));
              }}
            >
              {t(`links.as.${kind}`)}
            </Act>
          ))}
          <Act
            testId="links-merge"
            kind="danger"
            onClick={() =>
              void attempt(mergeIncident(incident, other)).then(
                (done) => done && select({ type: 'incident', id: other }),
              )
            }
          >
            {t('links.merge')}
          </Act>
        </div>
      )}
    </div>
  );
}

/** The calls in this incident; some of them may turn out to be about something else. */
function CallsInside({ incident, mayWrite }: { incident: DeskIncident; mayWrite: boolean }) {
  const { t } = useTranslation(DESK);
  const calls = useSituation(({ picture }) => picture.calls);
  const [apart, setApart] = useState<ReadonlySet<Id>>(new Set());
  const [asking, setAsking] = useState(false);
  const toggle = (id: Id) => {
    const next = new Set(apart);
    if (!next.delete(id)) next.add(id);
    setApart(next);
  };
  const split = (reason: string) => {
    setAsking(false);
    void attempt(splitIncident(incident, { call_ids: [...apart], reason })).then((made) => {
      if (made === undefined) return;
      setApart(new Set());
      select({ type: 'incident', id: made.id });
    });
  };
  return (
    <>
      <h3>{t('links.calls', { count: incident.call_ids.length })}</h3>
      <ul className="dense" data-testid="calls-inside">
        {incident.call_ids.map((id) => (
          <CallInside
            key={id}
            call={calls[id] ?? { id, number: id.slice(0, 8), narrative: null, address: null }}
            chosen={apart.has(id)}
            onToggle={mayWrite ? () => toggle(id) : undefined}
          />
        ))}
      </ul>
      {mayWrite && incident.call_ids.length > 0 && !asking && (
        <Act testId="split" disabled={apart.size === 0} onClick={() => setAsking(true)}>
          {t('links.split', { count: apart.size })}
        </Act>
      )}
      {asking && (
        <AskReason
          label={t('links.splitReason')}
          submit={t('links.split', { count: apart.size })}
          testId="split-reason"
          often={[t('links.often.place'), t('links.often.fact')]}
          onCancel={() => setAsking(false)}
          onSubmit={split}
        />
      )}
    </>
  );
}

interface CallInsideProps {
  call: { id: Id; number: string; narrative: string | null; address: string | null } & {
    witness?: 'reporter' | 'witness' | null;
  };
  chosen: boolean;
  onToggle: (() => void) | undefined;
}

function CallInside({ call, chosen, onToggle }: CallInsideProps) {
  const { t } = useTranslation(DESK);
  const words = call.narrative ?? call.address ?? '';
  return (
    <li className="storm-call" data-witness={call.witness}>
      <label>
        <input
          type="checkbox"
          checked={chosen}
          disabled={onToggle === undefined}
          data-testid={`inside-${shortNumber(call.number)}`}
          onChange={onToggle}
        />{' '}
        {shortNumber(call.number)}
      </label>
      <span className="clip" title={words}>
        {call.witness && `${t(`links.witness.${call.witness}`)} · `}
        {words}
      </span>
    </li>
  );
}

function MergedFrom({ incident, mayWrite }: { incident: DeskIncident; mayWrite: boolean }) {
  const { t } = useTranslation(DESK);
  const merged = incident.merged_from ?? [];
  if (merged.length === 0) return null;
  return (
    <>
      <h3>{t('links.mergedFrom', { count: merged.length })}</h3>
      <ul>
        {merged.map((id) => (
          <Merged key={id} id={id} mayWrite={mayWrite} because={incident.version} />
        ))}
      </ul>
    </>
  );
}

function Merged({ id, mayWrite, because }: { id: Id; mayWrite: boolean; because: number }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const { answer } = useAsked<Incident>(`/incidents/${id}`, { because });
  const [asking, setAsking] = useState(false);
  if (answer === null) return null;
  return (
    <li>
      <div className="duplicate">
        <PriorityBadge priority={answer.priority} />
        <strong>{shortNumber(answer.number)}</strong>
        <span className="clip">{typeLabel(answer.type)}</span>
        {mayWrite && (
          <Act testId={`unmerge-${shortNumber(answer.number)}`} onClick={() => setAsking(!asking)}>
            {t('links.unmerge')}
          </Act>
        )}
      </div>
      {asking && (
        <AskReason
          label={t('links.unmergeReason')}
          submit={t('links.unmerge')}
          testId="unmerge-reason"
          onCancel={() => setAsking(false)}
          onSubmit={(reason) => {
            setAsking(false);
            void attempt(unmergeIncident(answer, reason)).then(
              (back) => back && select({ type: 'incident', id: back.id }),
            );
          }}
        />
      )}
    </li>
  );
}
