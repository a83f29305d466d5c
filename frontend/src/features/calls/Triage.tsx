import { useMemo } from 'react';
import { useLabel, useReference } from '@/shared/api/reference';
import { codeCall } from '@/shared/commands/calls';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { DESK, labelIn, useTranslation } from '@/shared/i18n/i18n';
import { formatAge, formatDistance, shortNumber } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { Act } from '@/shared/ui/act';
import { PriorityBadge, StatusMark } from '@/shared/ui/marks';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useAsked } from '@/shared/ui/useAsked';
import type { DeskCall, OneKeyCode, Triage as TriageAnswer } from '@/shared/wire/dispatch';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { canCode } from './holding';
import { nextCall } from './nextCall';
import { whyText } from './why';

const AGAIN_MS = 20_000;

/** Nobody speaks: what is known of the number and the place, and one key for each ending. */
export function Triage({ call, keysOn }: { call: DeskCall; keysOn: boolean }) {
  const { answer, problem } = useAsked<TriageAnswer>(`/calls/${call.id}/triage`, {
    because: call.version,
    everyMs: AGAIN_MS,
  });
  return (
    <div className="triage" data-testid="triage">
      {problem && answer === null && <Failure problem={problem} />}
      {answer === null && problem === null && <Skeleton rows={2} />}
      {answer && <Known triage={answer} />}
      <Codes call={call} keysOn={keysOn} />
    </div>
  );
}

/** Open incidents nearby stand in the column beside it, each with its button. */
function Known({ triage }: { triage: TriageAnswer }) {
  return (
    <>
      <Suggestion triage={triage} />
      <Violence triage={triage} />
      <Repeats triage={triage} />
    </>
  );
}

function Suggestion({ triage: { suggestion } }: { triage: TriageAnswer }) {
  const { t } = useTranslation(DESK);
  const { priority, why } = suggestion;
  return (
    <div className="suggestion" data-testid="suggestion" data-priority={priority}>
      {priority === null ? (
        <span className="muted">{t('triage.noSuggestion')}</span>
      ) : (
        <strong>
          {t('triage.suggestion')} <PriorityBadge priority={priority} />
        </strong>
      )}
      {why.length > 0 && (
        <ul className="dense">
          {why.map((one) => (
            <li key={JSON.stringify(one)}>{whyText(one, t)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Violence({ triage }: { triage: TriageAnswer }) {
  const { t } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  const now = useNow();
  const earlier = triage.earlier_at_place;
  if (earlier.length === 0) return null;
  const sorted = earlier.toSorted((a, b) => Number(b.violence) - Number(a.violence));
  return (
    <ul className="earlier" data-testid="earlier-at-place">
      {sorted.map((one) => (
        <li key={one.incident_id} className={one.violence ? 'tone-serious' : 'muted'}>
          {one.violence && <StatusMark tone="serious" />}
          {t('triage.earlier', {
            type: typeLabel(one.type),
            number: shortNumber(one.number),
            distance: formatDistance(one.distance_m),
            age: formatAge((now - Date.parse(one.opened_at)) / 1_000),
          })}
        </li>
      ))}
    </ul>
  );
}

function Repeats({ triage: { repeat } }: { triage: TriageAnswer }) {
  const { t } = useTranslation(DESK);
  const label = useLabel('call_dispositions');
  if (repeat.count === 0) return <p className="dense muted">{t('triage.firstCall')}</p>;
  const endings = repeat.dispositions
    .map((one) => `${one.count} ${one.code ? label(one.code) : t('earlier.open')}`)
    .join(', ');
  return (
    <p className="dense" data-testid="repeat">
      {t('triage.repeat', { count: repeat.count, window: formatAge(repeat.window_s) })}
      {endings !== '' && `: ${endings}`}
    </p>
  );
}

/** The endings that have a key, in the order of their keys. */
export function useOneKeyCodes(): OneKeyCode[] {
  const codes = useReference((state) => state.codes.call_dispositions);
  return useMemo(
    () =>
      (codes as readonly (Omit<OneKeyCode, 'key'> & { key?: string | null })[])
        .flatMap((code) => (code.key ? [{ ...code, key: code.key }] : []))
        .sort((a, b) => a.key.localeCompare(b.key)),
    [codes],
  );
}

function Codes({ call, keysOn }: { call: DeskCall; keysOn: boolean }) {
  const { t, language } = useTranslation(DESK);
  const codes = useOneKeyCodes();
  const calls = useSituation(({ picture }) => picture.calls);
  const may = canCode(call);
  const on = keysOn && may;

  function finish(code: string) {
    const next = nextCall(calls, call.id);
    void attempt(codeCall(call.id, code)).then((closed) => {
      if (closed !== undefined && next !== null) select({ type: 'call', id: next });
    });
  }

  useKeyLayer((key) => {
    const chosen = codes.find((code) => code.key === key);
    if (chosen === undefined) return false;
    finish(chosen.code);
    return true;
  }, on);

  if (codes.length === 0 || call.state === 'linked') return null;
  return (
    <div role="group" aria-label={t('triage.codes')} data-testid="codes" data-on={on}>
      <p className="dense muted">{t(codesHint(may, keysOn))}</p>
      <div className="codes">
        {codes.map((code) => (
          <Act
            key={code.code}
            testId={`code-${code.code}`}
            hint={on ? code.key : undefined}
            disabled={!may}
            onClick={() => finish(code.code)}
          >
            {labelIn(code.labels, language, code.code)}
          </Act>
        ))}
      </div>
    </div>
  );
}

function codesHint(may: boolean, keysOn: boolean) {
  if (!may) return 'triage.takeFirst';
  return keysOn ? 'triage.oneKey' : 'triage.keysElsewhere';
}
