import { lazy, Suspense, useEffect, useState } from 'react';
import { LoginPage } from '@/features/session/LoginPage';
import { goToLogin, homeOf, loadSessionPatiently } from '@/features/session/session';
import { needWords, useTranslation } from '@/shared/i18n/i18n';
import type { Session } from '@/shared/wire/answers';
import { followCentre } from './live';

/** What every desk page must see and hear: units in danger. */
const Watch = lazy(() => import('@/features/emergency/Watch'));
const ConsolePage = lazy(() => import('./console/ConsolePage'));
const WallPage = lazy(() => import('./wall/WallPage'));
const MapPage = lazy(() => import('./map/MapPage'));
const SupervisePage = lazy(async () => {
  await needWords('supervise');
  return import('./supervise/SupervisePage');
});

const page = location.pathname.split('/')[1] ?? '';

export function App() {
  return page === 'login' ? <LoginPage /> : <SignedInApp />;
}

function SignedInApp() {
  const { t } = useTranslation('common');
  const [session, setSession] = useState<Session | null>(null);
  const [waiting, setWaiting] = useState(false);

  useEffect(() => {
    void loadSessionPatiently(() => setWaiting(true)).then((now) => {
      if (now === null) goToLogin();
      else if (page === '') location.replace(homeOf(now.user.roles));
      else setSession(now);
    });
  }, []);

  if (session === null)
    return waiting ? (
      <p className="message" role="status">
        {t('start.waiting')}
      </p>
    ) : null;
  return <Live session={session} />;
}

let followed = false;

function Live({ session }: { session: Session }) {
  useEffect(() => {
    if (followed) return; // one socket for the life of the page, also under StrictMode
    followed = true;
    followCentre();
  }, []);
  return (
    <div className="desk">
      <Suspense fallback={null}>
        <Watch />
      </Suspense>
      <div className="desk-page">
        <Suspense fallback={null}>
          {page === 'wall' ? (
            <WallPage session={session} />
          ) : page === 'map' ? (
            <MapPage />
          ) : page === 'supervise' ? (
            <SupervisePage session={session} />
          ) : (
            <ConsolePage session={session} />
          )}
        </Suspense>
      </div>
    </div>
  );
}
