/** Small parts that the dispatcher's panels share: a button with its key, a reason, a fold. */

import { type ReactNode, useId, useState } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import './act.css';

interface ActProps {
  children: ReactNode;
  onClick: () => void;
  testId: string;
  kind?: 'primary' | 'danger' | 'quiet' | undefined;
  /** The key that does the same. */
  hint?: string | undefined;
  pressed?: boolean;
  expanded?: boolean;
  disabled?: boolean;
  title?: string | undefined;
}

export function Act({ children, onClick, testId, kind, hint, title, ...state }: ActProps) {
  return (
    <button
      type="button"
      className="button"
      data-size="small"
      data-kind={kind}
      data-testid={testId}
      title={title}
      aria-pressed={state.pressed}
      aria-expanded={state.expanded}
      aria-keyshortcuts={hint}
      disabled={state.disabled}
      onClick={onClick}
    >
      {hint && <kbd className="hint">{hint}</kbd>}
      {children}
    </button>
  );
}

interface AskReasonProps {
  label: string;
  submit: string;
  testId: string;
  onSubmit: (reason: string) => void;
  onCancel: () => void;
  /** Reasons that are given often, one click each. */
  often?: readonly string[];
  children?: ReactNode;
  danger?: boolean;
}

/** Why, in words, in the panel itself: nothing modal stands between the person and the call. */
export function AskReason(props: AskReasonProps) {
  const { t } = useTranslation(DESK);
  const [reason, setReason] = useState('');
  const id = useId();
  const words = reason.trim();
  return (
    <form
      className="ask-reason"
      data-testid={props.testId}
      onSubmit={(event) => {
        event.preventDefault();
        if (words !== '') props.onSubmit(words);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        props.onCancel();
      }}
    >
      {props.children}
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="input"
        // biome-ignore lint/a11y/noAutofocus: the person asked for it with this very key or click
        autoFocus
        maxLength={200}
        value={reason}
        data-testid={`${props.testId}-text`}
        onChange={(event) => setReason(event.target.value)}
      />
      {props.often && (
        <div className="acts">
          {props.often.map((one) => (
            <Act
              key={one}
              testId={`${props.testId}-often`}
              kind="quiet"
              onClick={() => setReason(one)}
            >
              {one}
            </Act>
          ))}
        </div>
      )}
      <div className="acts">
        <button
          type="submit"
          className="button"
          data-size="small"
          data-kind={props.danger ? 'danger' : 'primary'}
          disabled={words === ''}
          data-testid={`${props.testId}-submit`}
        >
          {props.submit}
        </button>
        <Act testId={`${props.testId}-cancel`} kind="quiet" onClick={props.onCancel}>
          {t('common:action.cancel')}
        </Act>
      </div>
    </form>
  );
}

interface FoldProps {
  title: ReactNode;
  testId: string;
  open?: boolean;
  children: ReactNode;
}

export function Fold({ title, testId, open = false, children }: FoldProps) {
  return (
    <details className="fold" open={open} data-testid={testId}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
