import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance } from '@/shared/time/format';
import { StatusMark, type Tone } from '@/shared/ui/marks';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskIncident, Premise } from '@/shared/wire/dispatch';

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
  const { t } = useTranslation(DESK);
  const { location } = incident;
  const { answer } = useAsked<{ items: Premise[] }>(
    location === null ? null : `/incidents/${incident.id}/premises`,
    { because: `${location?.lon} ${location?.lat} ${incident.premises}` },
  );
  const notes = (answer?.items ?? []).toSorted(
    (a, b) => FIRST.indexOf(a.kind) - FIRST.indexOf(b.kind),
  );
  if (notes.length === 0) return null;
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
