import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { useReference } from '@/shared/api/reference';
import { matchesWords } from '@/shared/commands/text';
import { labelIn, useTranslation } from '@/shared/i18n/i18n';
import { PriorityBadge } from '@/shared/ui/marks';
import type { IncidentType } from '@/shared/wire/answers';
import './typeahead.css';

const MOST = 8;

interface TypeAheadProps {
  label: string;
  value: string | null;
  onChoose: (type: IncidentType) => void;
  testId: string;
}

/** Incident types by the beginning of their words in any language, or by their code. */
export function TypeAhead({ label, value, onChoose, testId }: TypeAheadProps) {
  const { t, language } = useTranslation('common');
  const types = useReference((state) => state.codes.incident_types);
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const nameOf = (type: IncidentType) => labelIn(type.labels, language, type.code);
  const chosen = types.find((type) => type.code === value);
  const found = useMemo(() => (text === null ? [] : matching(types, text)), [types, text]);

  function choose(type: IncidentType | undefined) {
    if (type === undefined) return;
    setText(null);
    onChoose(type);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((now) => Math.max(0, Math.min(found.length - 1, now + step)));
      if (text === null) setText('');
    } else if (event.key === 'Enter' && text !== null) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === 'Escape' && text !== null) {
      event.stopPropagation();
      setText(null);
    }
  }

  return (
    <div className="field-box typeahead">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] ? `${id}-${found[at].code}` : undefined}
        autoComplete="off"
        data-testid={testId}
        data-code={value ?? ''}
        placeholder={t('typeahead.hint')}
        value={text ?? (chosen ? nameOf(chosen) : (value ?? ''))}
        onFocus={() => setText('')}
        onBlur={() => setText(null)}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {text !== null && (
        <div className="typeahead-list" role="listbox" id={`${id}-list`} aria-label={label}>
          {found.map((type, index) => (
            <div
              key={type.code}
              id={`${id}-${type.code}`}
              className="typeahead-option"
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              data-testid={`${testId}-option`}
              data-code={type.code}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(type);
              }}
            >
              <PriorityBadge priority={type.priority} />
              <span className="clip">{nameOf(type)}</span>
              <span className="muted dense">{type.agency}</span>
            </div>
          ))}
          {found.length === 0 && <p className="message muted">{t('typeahead.none')}</p>}
        </div>
      )}
    </div>
  );
}

function matching(types: readonly IncidentType[], text: string): IncidentType[] {
  return types
    .filter((type) =>
      matchesWords(
        `${Object.values(type.labels).join(' ')} ${type.code.replaceAll('_', ' ')}`,
        text,
      ),
    )
    .slice(0, MOST);
}
