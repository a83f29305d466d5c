import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldPage } from '@/features/field/FieldPage';
import { flushOutbox, openOutbox, shareLocation } from '@/features/field/field';
import { goToLogin, loadSessionPatiently, signOut } from '@/features/session/session';
import { FIELD } from '@/shared/i18n/i18n';
import { Guard } from '@/shared/ui/panel';
import type { Session } from '@/shared/wire/answers';
import { followCentre } from '../live';

let started = false;

export function FieldApp() {
  const { t } = useTranslation(FIELD);
  const [session, setSession] = useState<Session | null>(null);
  const [waiting, setWaiting] = useState(false);

  useEffect(() => {
    if (started) return; // StrictMode runs effects twice; there is one socket and one outbox
    started = true;
    void loadSessionPatiently(() => setWaiting(true)).then(async (now) => {
      if (now === null) return goToLogin();
      setSession(now);
      await openOutbox();
      followCentre(flushOutbox);
      if (now.user.unit_id) shareLocation(now.user.unit_id);
    });
  }, []);

  if (session === null)
    return waiting ? (
      <p className="message" role="status">
        {t('common:start.waiting')}
      </p>
    ) : null;
  if (session.user.unit_id === null)
    return (
      <main className="message" data-testid="field-no-unit">
        <p>{t('noUnit', { name: session.user.display_name || session.user.username })}</p>
        <button type="button" className="button" onClick={() => void signOut()}>
          {t('common:action.signOut')}
        </button>
      </main>
    );
  return (
    <Guard>
      <FieldPage unitId={session.user.unit_id} />
    </Guard>
  );
}
