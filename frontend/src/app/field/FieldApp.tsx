import { useEffect, useState } from 'react';
import {
  type Duty,
  forgetDuty,
  rememberDuty,
  rememberedDuty,
  showRemembered,
} from '@/features/field/duty';
import { FieldPage } from '@/features/field/FieldPage';
import { allowSending, flushOutbox, openOutbox, shareLocation } from '@/features/field/field';
import { goToLogin, loadSessionPatiently, signOut } from '@/features/session/session';
import { FIELD, useTranslation } from '@/shared/i18n/i18n';
import { Guard } from '@/shared/ui/panel';
import type { Session } from '@/shared/wire/answers';
import { followCentre } from '../live';
import { keepPageOnPhone } from './worker';

let started = false;

/** The centre does not answer: go on with what this phone knows, presses wait in the outbox. */
function openRemembered(): Duty | null {
  const duty = rememberedDuty();
  if (duty === null) return null;
  showRemembered(duty);
  void openOutbox();
  shareLocation(duty.unit.id);
  return duty;
}

export function FieldApp() {
  const { t } = useTranslation(FIELD);
  const [session, setSession] = useState<Session | null>(null);
  const [waiting, setWaiting] = useState(false);
  const [duty, setDuty] = useState<Duty | null>(null);

  useEffect(() => {
    if (started) return; // StrictMode runs effects twice; there is one socket and one outbox
    started = true;
    let asked = false;
    const withoutCentre = () => {
      setWaiting(true);
      if (asked) return;
      asked = true;
      setDuty(openRemembered());
    };
    void loadSessionPatiently(withoutCentre).then(async (now) => {
      if (now === null) return goToLogin();
      setSession(now);
      void keepPageOnPhone();
      if (now.user.unit_id) rememberDuty(now.user.unit_id);
      else forgetDuty();
      await openOutbox();
      allowSending();
      followCentre(flushOutbox);
      if (now.user.unit_id) shareLocation(now.user.unit_id);
    });
  }, []);

  if (session === null && duty !== null)
    return (
      <Guard>
        <FieldPage unitId={duty.unit.id} />
      </Guard>
    );
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
