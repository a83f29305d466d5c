import { noteCallback } from '@/shared/commands/calls';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Act } from '@/shared/ui/act';
import { At } from '@/shared/ui/ages';
import { CALLBACK_OUTCOMES, type DeskCall } from '@/shared/wire/dispatch';

/** One key each, away from the digits of the codes: contesta, no contesta, ocupado, sin señal. */
const KEYS = { reached: 'c', no_answer: 'n', busy: 'o', unreachable: 'x' } as const;

/** Attempts to ring the caller, and one key for how the next one ends. */
export function Callbacks({ call, keysOn }: { call: DeskCall; keysOn: boolean }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('calls.write');
  const attempts = call.callbacks ?? [];
  useKeyLayer((key) => {
    const outcome = CALLBACK_OUTCOMES.find((one) => KEYS[one] === key);
    if (outcome === undefined) return false;
    void attempt(noteCallback(call.id, outcome));
    return true;
  }, keysOn && mayWrite);
  return (
    <section data-testid="callbacks">
      <h3>{t('callback.title', { number: call.caller_number ?? '–' })}</h3>
      {attempts.length > 0 && (
        <ul className="dense">
          {attempts.map((one) => (
            <li key={one.id}>
              <At at={one.at} /> {t(`callback.outcome.${one.outcome}`)} · {one.by}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && (
        <div className="codes">
          {CALLBACK_OUTCOMES.map((outcome) => (
            <Act
              key={outcome}
              testId={`callback-${outcome}`}
              hint={keysOn ? KEYS[outcome] : undefined}
              onClick={() => void attempt(noteCallback(call.id, outcome))}
            >
              {t(`callback.outcome.${outcome}`)}
            </Act>
          ))}
        </div>
      )}
    </section>
  );
}
