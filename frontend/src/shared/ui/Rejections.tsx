import { useStore } from 'zustand';
import { dismissRejected, pending, UNCONFIRMED_AFTER_MS } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { problemText } from '@/shared/i18n/problems';
import { useNow } from '@/shared/time/useNow';
import type { Id } from '@/shared/wire/types';
import './rejections.css';

/** What the centre refused or never confirmed, with its reason and one key to try again. */
export function Rejections() {
  const { t } = useTranslation(DESK);
  const { t: common } = useTranslation('common');
  const rejected = useStore(pending, (state) => state.rejected);
  return (
    <div role="alert">
      <ul className="rejections" aria-label={common('rejected.title')}>
        {rejected.map(({ key, name, problem, retry }) => (
          <li key={key} className="rejection" data-testid="rejection" data-code={problem.code}>
            <div>
              <strong>{t(`command.${name}`)}</strong>
              <p>{problemText(problem, t)}</p>
            </div>
            <button type="button" className="button" data-size="small" onClick={retry}>
              {common('action.retry')}
            </button>
            <button
              type="button"
              className="button"
              data-size="small"
              data-kind="quiet"
              onClick={() => dismissRejected(key)}
            >
              {common('action.dismiss')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whether something sent about `id` still waits for its entry, and for too long. */
export function usePending(id: Id | null | undefined): 'no' | 'sent' | 'unconfirmed' {
  const startedAt = useStore(pending, ({ running }) =>
    id ? (running.find((one) => one.subjects.includes(id))?.startedAt ?? null) : null,
  );
  useNow();
  if (startedAt === null) return 'no';
  return Date.now() - startedAt > UNCONFIRMED_AFTER_MS ? 'unconfirmed' : 'sent';
}

export function PendingMark({ id }: { id: Id }) {
  const { t } = useTranslation('common');
  const state = usePending(id);
  if (state === 'no') return null;
  return (
    <span
      className={state === 'sent' ? 'muted' : 'tone-caution'}
      data-testid="pending"
      data-state={state}
    >
      {t(`pending.${state}`)}
    </span>
  );
}
