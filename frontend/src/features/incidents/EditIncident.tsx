import { useState } from 'react';
import { useReference } from '@/shared/api/reference';
import { changeOwner, handOver, protectIncident } from '@/shared/commands/incidents';
import { changeIncident, closeIncident } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Act, AskReason } from '@/shared/ui/act';
import { CodeSelect } from '@/shared/ui/CodeSelect';
import { TextField } from '@/shared/ui/Field';
import { PriorityPicker } from '@/shared/ui/PriorityPicker';
import { TypeAhead } from '@/shared/ui/TypeAhead';
import type { DeskIncident } from '@/shared/wire/dispatch';

/** What may be changed on the card, whose it is, and how it ends. */
export function EditIncident({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('incidents.write');
  if (!mayWrite || incident.masked) return null;
  return (
    <>
      <details className="edit" data-testid="incident-hand-over">
        <summary>{t('handOver.title')}</summary>
        <HandOver incident={incident} />
      </details>
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
        <Protection incident={incident} />
        <CloseForm incident={incident} />
      </details>
    </>
  );
}

/** Who may see the persons' data is changed with a reason, and the journal keeps both. */
function Protection({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const [asking, setAsking] = useState(false);
  if (incident.protected === undefined) return null;
  const wanted = !incident.protected;
  const verb = t(wanted ? 'marks.protect' : 'marks.unprotect');
  return (
    <>
      <Act testId="incident-protect" expanded={asking} onClick={() => setAsking(!asking)}>
        {verb}
      </Act>
      {asking && (
        <AskReason
          label={t('marks.protectReason')}
          submit={verb}
          testId="protect-reason"
          onCancel={() => setAsking(false)}
          onSubmit={(reason) => {
            setAsking(false);
            void attempt(protectIncident(incident, wanted, reason));
          }}
        />
      )}
    </>
  );
}

function CloseForm({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const codes = useReference((state) => state.codes.incident_dispositions);
  const [disposition, setDisposition] = useState('');
  return (
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
  );
}

/** To a colleague, with a word on how it stands: this one, or all of one's own. */
function HandOver({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const ready = to.trim() !== '';
  const done = (answer: unknown) => {
    if (answer !== undefined) setNote('');
  };
  return (
    <div className="small-form">
      <label className="field-box">
        <span className="label">{t('handOver.to')}</span>
        <input
          className="input"
          autoCapitalize="none"
          maxLength={64}
          value={to}
          data-testid="hand-over-to"
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <TextField
        label={t('handOver.note')}
        max={500}
        value={note}
        testId="hand-over-note"
        onChange={setNote}
      />
      <div className="acts">
        <Act
          testId="hand-over"
          kind="primary"
          disabled={!ready}
          onClick={() =>
            void attempt(changeOwner(incident, to.trim(), note.trim() || undefined)).then(done)
          }
        >
          {t('handOver.this')}
        </Act>
        <Act
          testId="hand-over-all"
          disabled={!ready || note.trim() === ''}
          onClick={() => void attempt(handOver(to.trim(), note.trim())).then(done)}
        >
          {t('handOver.all')}
        </Act>
      </div>
    </div>
  );
}
