import { type FormEvent, type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { useReference } from '@/shared/api/reference';
import '@/shared/ui/forms.css';
import './cameras.css';
import { DESK, labelIn, useTranslation } from '@/shared/i18n/i18n';

const MOST_WORDS = 200;

/** Why this window watches; asked once, kept until the window is closed or the reason changed. */
export const viewPurpose = createStore<{ purpose: string | null }>(() => ({ purpose: null }));

export function PurposeGate({ children }: { children: (purpose: string) => ReactNode }) {
  const purpose = useStore(viewPurpose, (state) => state.purpose);
  return purpose === null ? <AskPurpose /> : children(purpose);
}

function AskPurpose() {
  const { t, language } = useTranslation(DESK);
  const purposes = useReference((state) => state.codes.view_purposes);
  const [words, setWords] = useState('');
  const keep = (purpose: string) => viewPurpose.setState({ purpose: purpose.slice(0, MOST_WORDS) });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (words.trim() !== '') keep(words.trim());
  }

  return (
    <form className="purpose" onSubmit={submit} data-testid="purpose">
      <h2>{t('purpose.title')}</h2>
      <p className="muted">{t('purpose.lead')}</p>
      <div className="purpose-list">
        {purposes.map((purpose) => (
          <button
            key={purpose.code}
            type="button"
            className="button"
            data-testid={`purpose-${purpose.code}`}
            onClick={() => keep(purpose.code)}
          >
            {labelIn(purpose.labels, language, purpose.code)}
          </button>
        ))}
      </div>
      <div className="search-line">
        <input
          className="input"
          aria-label={t('purpose.other')}
          placeholder={t('purpose.other')}
          maxLength={MOST_WORDS}
          value={words}
          data-testid="purpose-text"
          onChange={(event) => setWords(event.target.value)}
        />
        <button
          type="submit"
          className="button"
          data-testid="purpose-submit"
          disabled={words.trim() === ''}
        >
          {t('purpose.submit')}
        </button>
      </div>
    </form>
  );
}
