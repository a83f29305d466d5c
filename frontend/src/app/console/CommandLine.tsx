import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react';
import { useReference } from '@/shared/api/reference';
import { type Intent, type Parsed, parse, withChoice } from '@/shared/commands/parse';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { shortNumber } from '@/shared/time/format';
import { execute, namesOf } from './execute';

const HISTORY = 30;

/** Verbs for fast hands: a preview says in words what Enter will do, an error keeps the text. */
export function CommandLine({ inputRef }: { inputRef: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation(DESK);
  const dispositions = useReference((state) => state.codes.incident_dispositions);
  const [text, setText] = useState('');
  const [history, setHistory] = useState<readonly string[]>([]);
  const [at, setAt] = useState(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are read anew for each text
  const parsed = useMemo(() => parse(text, namesOf()), [text, dispositions]);
  const { error } = parsed;

  function runIt() {
    const fresh = parse(text, namesOf());
    if (fresh.error !== null || fresh.intents.length === 0) return;
    for (const intent of fresh.intents) void execute(intent);
    setHistory((before) => [text, ...before.filter((one) => one !== text)].slice(0, HISTORY));
    setAt(-1);
    setText('');
  }

  function recall(step: number) {
    const next = Math.max(-1, Math.min(history.length - 1, at + step));
    setAt(next);
    setText(history[next] ?? '');
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    const digit = Number(event.key);
    const choice = error?.choices[digit - 1];
    if (event.key === 'Enter') runIt();
    else if (event.key === 'ArrowUp') recall(1);
    else if (event.key === 'ArrowDown') recall(-1);
    else if (event.key === 'Escape') {
      if (text === '') return; // an empty line leaves Esc to the page: back to the list
      setText('');
    } else if (error && choice && event.altKey)
      setText(withChoice(text, error, choice.replacement));
    else return;
    event.preventDefault();
  }

  return (
    <div className="command" role="search">
      <input
        ref={inputRef}
        className="input command-input"
        aria-label={t('command.label')}
        aria-describedby="command-preview"
        aria-invalid={error !== null}
        autoComplete="off"
        spellCheck={false}
        placeholder={t('command.hint')}
        value={text}
        data-testid="command"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div
        id="command-preview"
        className="command-preview"
        role="status"
        data-testid="command-preview"
        hidden={text.trim() === ''}
      >
        <Preview text={text} parsed={parsed} onChoose={setText} />
      </div>
    </div>
  );
}

interface PreviewProps {
  text: string;
  parsed: Parsed;
  onChoose: (text: string) => void;
}

function Preview({ text, parsed: { intents, warnings, error }, onChoose }: PreviewProps) {
  const { t } = useTranslation(DESK);
  if (error !== null)
    return (
      <>
        <span className="tone-serious">
          {t(`fault.${error.fault}`)} <mark>{error.token}</mark>
        </span>
        {error.choices.map((choice, index) => (
          <button
            key={choice.label}
            type="button"
            className="button"
            data-size="small"
            onClick={() => onChoose(withChoice(text, error, choice.replacement))}
          >
            {`Alt+${index + 1} ${choice.label}`}
          </button>
        ))}
      </>
    );
  return (
    <>
      {intents.map((intent) => (
        <span key={JSON.stringify(intent)}>{intentText(intent, t)}</span>
      ))}
      {warnings.map((warning) => (
        <strong key={warning.callsign} className="tone-serious">
          {t('warning.unitBusy', {
            callsign: warning.callsign,
            number: shortNumber(warning.number),
          })}
        </strong>
      ))}
      <span className="muted">{t('command.enter')}</span>
    </>
  );
}

export function intentText(intent: Intent, t: DeskWords): string {
  const number = 'incident' in intent ? shortNumber(intent.incident.number) : '';
  const units = 'units' in intent ? intent.units.map((unit) => unit.callsign).join(', ') : '';
  switch (intent.verb) {
    case 'assign':
      return t('intent.assign', { units, number });
    case 'release':
      return t('intent.release', { units });
    case 'status':
      return t('intent.status', {
        units,
        status: t(`common:unitStatus.${intent.status}`),
        reason: intent.reason ?? '',
      });
    case 'priority':
      return t('intent.priority', { number, priority: intent.priority });
    case 'note':
      return t('intent.note', { number, text: intent.text });
    case 'close':
      return t('intent.close', { number, disposition: intent.disposition });
    case 'camera':
      return t('intent.camera', { name: intent.camera.name });
    case 'acknowledge':
      return t('intent.acknowledge', { number: shortNumber(intent.alarm.number) });
    case 'go':
      return intent.target.type === 'address'
        ? t('intent.goAddress', { text: intent.target.text })
        : t('intent.go', {
            name:
              intent.target.type === 'incident'
                ? shortNumber(intent.target.name)
                : intent.target.name,
          });
  }
}
