import { type FormEvent, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { openIncident, receiveCall } from '@/shared/commands/intents';
import { attempt, run } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { TextField } from '@/shared/ui/Field';
import { PriorityPicker } from '@/shared/ui/PriorityPicker';
import { Failure } from '@/shared/ui/panel';
import { TypeAhead } from '@/shared/ui/TypeAhead';
import type { Place, Priority } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { AddressSearch } from './AddressSearch';
import './calls.css';

const SOURCE = 'operator';

/** A call taken by voice: where, what, notes, in the order of the spoken questions. */
export function NewCallForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const [where, setWhere] = useState('');
  const [place, setPlace] = useState<Place | null>(null);
  const [type, setType] = useState<string | null>(null);
  const [priority, setPriority] = useState<Priority | null>(null);
  const [narrative, setNarrative] = useState('');
  const [caller, setCaller] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const text = where.trim();

  async function send() {
    const call = await run(
      receiveCall({
        source: SOURCE,
        ...(caller.trim() === '' ? {} : { caller_number: caller.trim() }),
        ...(text === '' ? {} : { address_text: text }),
        ...(place === null ? {} : { location: place }),
        ...(narrative.trim() === '' ? {} : { narrative: narrative.trim() }),
      }),
    );
    const duplicate = (call.possible_duplicates ?? []).length > 0;
    // A possible duplicate is the person's to judge: the call opens and offers it, nothing is blocked.
    const incident =
      type === null || duplicate
        ? undefined
        : await attempt(
            openIncident({ call_id: call.id, type, ...(priority === null ? {} : { priority }) }),
          );
    select(incident ? { type: 'incident', id: incident.id } : { type: 'call', id: call.id });
    onDone();
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <form
      className="new-call"
      onSubmit={submit}
      data-testid="new-call-form"
      onKeyDown={(event) => {
        if (event.key !== 'F9') return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
    >
      <h2>{t('newCall.title')}</h2>
      <AddressSearch
        label={t('newCall.where')}
        initial=""
        autoFocus
        testId="new-call-where"
        onText={(words) => {
          setWhere(words);
          setPlace(null);
        }}
        onChoose={(chosen) => setPlace(chosen.place)}
      />
      {place && (
        <p className="dense tone-normal" role="status">
          {t('newCall.placed', { metres: Math.round(place.uncertainty_m) })}
        </p>
      )}
      <div className="new-call-what">
        <TypeAhead
          label={t('newCall.what')}
          value={type}
          testId="new-call-type"
          onChoose={(chosen) => {
            setType(chosen.code);
            setPriority(chosen.priority);
          }}
        />
        <PriorityPicker value={priority} onPick={setPriority} disabled={type === null} />
      </div>
      <TextField
        label={t('newCall.notes')}
        rows={3}
        max={4000}
        value={narrative}
        testId="new-call-narrative"
        onChange={setNarrative}
      />
      <label className="field-box">
        <span className="label">{t('newCall.caller')}</span>
        <input
          className="input"
          type="tel"
          maxLength={32}
          value={caller}
          data-testid="new-call-caller"
          onChange={(event) => setCaller(event.target.value)}
        />
      </label>
      {problem && <Failure problem={problem} />}
      <div className="new-call-actions">
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={busy || (text === '' && place === null && narrative.trim() === '')}
          data-testid="new-call-send"
        >
          {busy ? t('open.busy') : type === null ? t('newCall.sendCall') : t('newCall.send')}
        </button>
        <button type="button" className="button" data-kind="quiet" onClick={onDone}>
          {t('common:action.cancel')}
        </button>
      </div>
    </form>
  );
}
