import { type FormEvent, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { useTranslation } from '@/shared/i18n/i18n';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Failure } from '@/shared/ui/panel';
import { nextPage, signIn } from './session';
import './login.css';

export function LoginPage() {
  const { t } = useTranslation('common');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const { user } = await signIn(
        String(form.get('username')).trim(),
        String(form.get('password')),
      );
      location.assign(nextPage(location.search, user.roles));
    } catch (error) {
      setBusy(false);
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }

  return (
    <main className="login">
      <form className="login-box" onSubmit={submit} data-testid="login-form">
        <h1>{t('product')}</h1>
        <p className="muted">{t('login.lead')}</p>
        <div className="field-box">
          <label htmlFor="username">{t('login.username')}</label>
          <input
            id="username"
            name="username"
            className="input"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={64}
            data-testid="login-username"
          />
        </div>
        <div className="field-box">
          <label htmlFor="password">{t('login.password')}</label>
          <input
            id="password"
            name="password"
            type="password"
            className="input"
            autoComplete="current-password"
            required
            data-testid="login-password"
          />
        </div>
        {problem && <Failure problem={problem} />}
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={busy}
          data-testid="login-submit"
        >
          {busy ? t('login.busy') : t('login.submit')}
        </button>
        <LanguageSwitch />
      </form>
    </main>
  );
}
