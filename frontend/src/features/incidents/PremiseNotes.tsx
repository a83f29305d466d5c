import { type FormEvent, useState } from 'react';
import { addPremise } from '@/shared/commands/incidents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDistance } from '@/shared/time/format';
import { SelectField, TextField } from '@/shared/ui/Field';
import { StatusMark, type Tone } from '@/shared/ui/marks';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskIncident, Premise } from '@/shared/wire/dispatch';
import type { Place } from '@/shared/wire/types';

const TONE: Record<Premise['kind'], Tone> = {
  weapons: 'serious',
  violence: 'serious',
  hazard: 'serious',
  medical: 'caution',
  access: 'standby',
  premise: 'standby',
};
const FIRST: readonly Premise['kind'][] = [
  'weapons',
  'violence',
  'hazard',
  'medical',
  'access',
  'premise',
];

/** What a crew must know before it gets there; above everything else of the card. */
export function PremiseNotes({ incident }: { incident: DeskIncident }) {
  const { location } = incident;
  const mayWrite = useMay('premises.write');
  const { answer, ask } = useAsked<{ items: Premise[] }>(
    location === null ? null : `/incidents/${incident.id}/premises`,
    { because: `${location?.lon} ${location?.lat} ${incident.premises}` },
  );
  const notes = (answer?.items ?? []).toSorted(
    (a, b) => FIRST.indexOf(a.kind) - FIRST.indexOf(b.kind),
  );
  return (
    <>
      {notes.length > 0 && <Notes notes={notes} />}
      {mayWrite && location !== null && !incident.masked && (
        <NewPremiseNote key={incident.id} place={location} onAdded={ask} />
      )}
    </>
  );
}

function Notes({ notes }: { notes: readonly Premise[] }) {
  const { t } = useTranslation(DESK);
  return (
    <ul className="premises" data-testid="premises">
      {notes.map((note) => (
        <li key={note.id} className="premise" data-tone={TONE[note.kind]} data-kind={note.kind}>
          <strong>
            <StatusMark tone={TONE[note.kind]} /> {t(`premise.kind.${note.kind}`)}: {note.title}
          </strong>
          {note.text && <span className="prose">{note.text}</span>}
          {note.distance_m != null && (
            <span className="dense muted">{formatDistance(note.distance_m)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

const RADII_M = [30, 80, 200] as const;

/** What the next crew must know of this place: kept with the place, not with the incident. */
function NewPremiseNote({ place, onAdded }: { place: Place; onAdded: () => void }) {
  const { t } = useTranslation(DESK);
  const [kind, setKind] = useState<Premise['kind']>('hazard');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [radius_m, setRadius] = useState<number>(RADII_M[0]);
  const [isProtected, setProtected] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const words = { title: title.trim(), text: text.trim() };
    if (words.title === '' || words.text === '') return;
    const note = { kind, ...words, location: place, radius_m, protected: isProtected };
    if ((await attempt(addPremise(note))) === undefined) return;
    setTitle('');
    setText('');
    onAdded();
  }

  return (
    <details className="edit" data-testid="premise-new">
      <summary>{t('premise.new')}</summary>
      <form className="small-form" onSubmit={(event) => void submit(event)}>
        <SelectField
          label={t('premise.what')}
          value={kind}
          testId="premise-kind"
          onChange={(picked) => setKind(picked as Premise['kind'])}
        >
          {FIRST.map((one) => (
            <option key={one} value={one}>
              {t(`premise.kind.${one}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('premise.title')}
          max={120}
          value={title}
          testId="premise-title"
          onChange={setTitle}
        />
        <TextField
          label={t('premise.text')}
          rows={2}
          max={2000}
          value={text}
          testId="premise-text"
          onChange={setText}
        />
        <SelectField
          label={t('premise.radius')}
          value={String(radius_m)}
          testId="premise-radius"
          onChange={(picked) => setRadius(Number(picked))}
        >
          {RADII_M.map((metres) => (
            <option key={metres} value={metres}>
              {formatDistance(metres)}
            </option>
          ))}
        </SelectField>
        <label>
          <input
            type="checkbox"
            checked={isProtected}
            data-testid="premise-protected"
            onChange={(event) => setProtected(event.target.checked)}
          />{' '}
          {t('premise.protected')}
        </label>
        <button
          type="submit"
          className="button"
          data-size="small"
          disabled={title.trim() === '' || text.trim() === ''}
          data-testid="premise-add"
        >
          {t('premise.add')}
        </button>
      </form>
    </details>
  );
}
