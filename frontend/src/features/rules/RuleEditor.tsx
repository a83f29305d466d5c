import { useCallback, useId, useRef, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import { Changed } from './RulesTab';
import {
  checkRules,
  type Fault,
  lineOf,
  oldDocument,
  type RuleDocument,
  read,
  rollBackRules,
  ruleDocument,
  ruleVersions,
  saveRules,
  textOf,
} from './rules';

/** One document as text: checked, saved under the version that was read, rolled back. */
export function RuleEditor({ name, onChanged }: { name: string; onChanged: () => void }) {
  const { value, problem, again } = useLoaded(useCallback(() => ruleDocument(name), [name]));
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton rows={8} />;
  const changed = () => {
    again();
    onChanged();
  };
  return <Editor key={value.version} now={value} onChanged={changed} />;
}

type Verdict = 'unknown' | 'good' | Fault[];

function Editor({ now, onChanged }: { now: RuleDocument; onChanged: () => void }) {
  const { t } = useTranslation(SUPERVISE);
  const mayWrite = useMay('rules.write');
  const [text, setText] = useState(() => textOf(now.document));
  const [summary, setSummary] = useState('');
  const [verdict, setVerdict] = useState<Verdict>('unknown');
  const [problem, setProblem] = useState<Problem | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const ids = { text: useId(), summary: useId() };
  const edited = text !== textOf(now.document);

  /** Do something with the document as edited; faults and refusals are shown in their place. */
  async function withDocument(act: (document: unknown) => Promise<void>) {
    setProblem(null);
    const found = read(text);
    if ('fault' in found) return setVerdict([found.fault]);
    try {
      await act(found.document);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const errors = error.extra.errors;
      if (Array.isArray(errors)) setVerdict(errors as Fault[]);
      else setProblem(error);
    }
  }

  const check = () =>
    withDocument(async (document) => {
      const faults = await checkRules(now.name, document);
      setVerdict(faults.length === 0 ? 'good' : faults);
    });
  const save = () =>
    withDocument(async (document) => {
      await saveRules(now.name, document, now.version, summary);
      onChanged();
    });

  function goTo(fault: Fault) {
    const line = lineOf(text, fault.path);
    const box = area.current;
    if (line === null || box === null) return;
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(
      start,
      text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start),
    );
    box.scrollTop = (line - 4) * 16;
  }

  return (
    <section className="rules-editor" aria-label={now.name} data-testid="rule-editor">
      <p className="muted dense" data-testid="rule-version" data-version={now.version}>
        <Changed version={now} />
        {now.summary !== '' && ` · ${now.summary}`}
      </p>
      <label htmlFor={ids.text}>{t('rules.document')}</label>
      <textarea
        id={ids.text}
        ref={area}
        className="input rules-text"
        value={text}
        spellCheck={false}
        readOnly={!mayWrite}
        data-testid="rule-text"
        onChange={(event) => {
          setText(event.target.value);
          setVerdict('unknown');
        }}
      />
      {verdict === 'good' && <p role="status">{t('rules.good')}</p>}
      {Array.isArray(verdict) && (
        <div role="alert" className="failure rules-faults" data-testid="rule-faults">
          <p>{t('rules.faults', { count: verdict.length })}</p>
          <ul>
            {verdict.map((fault) => (
              <li key={`${fault.path}${fault.message}`}>
                <button
                  type="button"
                  className="button"
                  data-kind="quiet"
                  onClick={() => goTo(fault)}
                >
                  <code>{fault.path || '/'}</code>
                  {lineOf(text, fault.path) !== null &&
                    ` · ${t('rules.line', { line: lineOf(text, fault.path) })}`}
                </button>{' '}
                {fault.message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {problem && <Failure problem={problem} />}
      {mayWrite ? (
        <div className="rules-acts">
          <button
            type="button"
            className="button"
            data-testid="rule-check"
            onClick={() => void check()}
          >
            {t('rules.check')}
          </button>
          <div className="field-box">
            <label htmlFor={ids.summary}>{t('rules.summary')}</label>
            <input
              id={ids.summary}
              className="input"
              value={summary}
              maxLength={300}
              onChange={(event) => setSummary(event.target.value)}
            />
          </div>
          <button
            type="button"
            className="button"
            data-kind="primary"
            disabled={!edited}
            data-testid="rule-save"
            onClick={() => void save()}
          >
            {t('rules.save')}
          </button>
        </div>
      ) : (
        <p className="muted">{t('rules.mayNot')}</p>
      )}
      <Versions
        now={now}
        mayWrite={mayWrite}
        onShow={(document) => setText(textOf(document))}
        onChanged={onChanged}
      />
    </section>
  );
}

interface VersionsProps {
  now: RuleDocument;
  mayWrite: boolean;
  onShow: (document: unknown) => void;
  onChanged: () => void;
}

function Versions({ now, mayWrite, onShow, onChanged }: VersionsProps) {
  const { t } = useTranslation(SUPERVISE);
  const { name, version } = now;
  const { value, problem } = useLoaded(useCallback(() => ruleVersions(name), [name]));
  const [refused, setRefused] = useState<Problem | null>(null);

  async function ask<T>(what: Promise<T>, then: (found: T) => void) {
    setRefused(null);
    try {
      then(await what);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setRefused(error);
    }
  }

  if (problem) return <Failure problem={problem} />;
  return (
    <details>
      <summary>{t('rules.versions')}</summary>
      {refused && <Failure problem={refused} />}
      <ul className="gis-versions" data-testid="rule-versions">
        {value?.map((one) => (
          <li key={one.version} data-in-force={one.version === version}>
            <Changed version={one} />
            {one.summary !== '' && ` · ${one.summary}`}{' '}
            <button
              type="button"
              className="button"
              data-size="small"
              onClick={() =>
                void ask(oldDocument(name, one.version), (old) => onShow(old.document))
              }
            >
              {t('rules.show')}
            </button>{' '}
            {mayWrite && one.version !== version && (
              <button
                type="button"
                className="button"
                data-size="small"
                data-testid={`rule-rollback-${one.version}`}
                onClick={() => void ask(rollBackRules(name, one.version, version), onChanged)}
              >
                {t('rules.rollback')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
