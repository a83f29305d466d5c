import { type FormEvent, useState } from 'react';
import { Problem } from '@/shared/api/client';
import type { Command } from '@/shared/commands/pending';
import { run } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { PriorityPicker } from '@/shared/ui/PriorityPicker';
import { Failure } from '@/shared/ui/panel';
import { TypeAhead } from '@/shared/ui/TypeAhead';
import '@/shared/ui/forms.css';
import { TextField } from '@/shared/ui/Field';
import type { Priority } from '@/shared/wire/types';

export interface Opening {
  type: string;
  priority?: Priority;
  narrative?: string;
  scheduled_for?: string;
}

interface OpenIncidentFormProps<T> {
  narrative?: string;
  /** What it probably is; the person may choose otherwise. */
  type?: string | null;
  /** What to send for these answers: an incident from a call, from an alarm, or from nothing. */
  command: (opening: Opening) => Command<T>;
  onOpened?: (answer: T) => void;
  disabled?: boolean;
}

/** What happened and how urgent: type-ahead, the type proposes the priority, Enter opens. */
export function OpenIncidentForm<T>(props: OpenIncidentFormProps<T>) {
  const { command, onOpened, disabled = false } = props;
  const { t } = useTranslation(DESK);
  const [type, setType] = useState<string | null>(props.type ?? null);
  const [priority, setPriority] = useState<Priority | null>(null);
  const [narrative, setNarrative] = useState(props.narrative ?? '');
  const [later, setLater] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (type === null) return;
    setBusy(true);
    setProblem(null);
    try {
      const words = narrative.trim();
      const opening: Opening = {
        type,
        ...(priority === null ? {} : { priority }),
        ...(words === '' ? {} : { narrative: words }),
        ...(later === '' ? {} : { scheduled_for: new Date(later).toISOString() }),
      };
      onOpened?.(await run(command(opening)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="open-incident" onSubmit={submit} data-testid="open-incident">
      <TypeAhead
        label={t('open.type')}
        value={type}
        testId="incident-type"
        onChoose={(chosen) => {
          setType(chosen.code);
          setPriority(chosen.priority);
        }}
      />
      <PriorityPicker value={priority} onPick={setPriority} />
      <TextField
        label={t('open.notes')}
        rows={2}
        max={4000}
        value={narrative}
        testId="incident-narrative"
        onChange={setNarrative}
      />
      <details className="edit" data-testid="incident-later">
        <summary>{t('open.later')}</summary>
        <label className="field-box">
          <span className="label">{t('open.laterAt')}</span>
          <input
            type="datetime-local"
            className="input"
            value={later}
            data-testid="incident-later-at"
            onChange={(event) => setLater(event.target.value)}
          />
        </label>
        <p className="dense muted">{t('open.laterMeans')}</p>
      </details>
      {problem && <Failure problem={problem} />}
      <button
        type="submit"
        className="button"
        data-kind="primary"
        disabled={type === null || busy || disabled}
        data-testid="incident-open"
      >
        {busy ? t('open.busy') : t(later === '' ? 'open.submit' : 'open.schedule')}
      </button>
    </form>
  );
}
