/** A titled region whose fault stays its own: the other panels keep working. */

import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Problem } from '@/shared/api/client';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { problemText } from '@/shared/i18n/problems';
import './panel.css';

interface PanelProps {
  title: string;
  testId: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

export function Panel({ title, testId, actions, children, className = '' }: PanelProps) {
  return (
    <section className={`panel ${className}`} aria-label={title} data-testid={testId}>
      <header className="panel-head">
        <h2>{title}</h2>
        {actions}
      </header>
      <div className="panel-body">
        <Guard>{children}</Guard>
      </div>
    </section>
  );
}

export class Guard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    // Development tools and test runs read it from there; the person sees the panel's own message.
    reportError(Object.assign(error, { componentStack: info.componentStack }));
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Broken error={this.state.error} retry={() => this.setState({ error: null })} />;
  }
}

function Broken({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation('common');
  return (
    <div className="message" role="alert">
      <p>{t('panel.broken')}</p>
      <p className="dense muted">{error.message}</p>
      <button type="button" className="button" onClick={retry}>
        {t('action.retry')}
      </button>
    </div>
  );
}

/** Why there is nothing, and the next step. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="message muted">{children}</p>;
}

export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <span key={key} />
      ))}
    </div>
  );
}

interface FailureProps {
  problem: Error;
  retry?: (() => void) | undefined;
}

/** What failed, in words, with its code and a way to try again. */
export function Failure({ problem, retry }: FailureProps) {
  const { t } = useTranslation(DESK);
  return (
    <div
      className="failure"
      role="alert"
      data-testid="problem"
      data-code={problem instanceof Problem ? problem.code : ''}
    >
      <span>{problemText(problem, t)}</span>
      {retry && (
        <button type="button" className="button" data-size="small" onClick={retry}>
          {t('common:action.retry')}
        </button>
      )}
    </div>
  );
}
