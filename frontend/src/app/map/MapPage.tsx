import { lazy, Suspense, useState } from 'react';
import { SoundControl } from '@/features/emergency/SoundControl';
import { signOut } from '@/features/session/session';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { ConnectionBar } from '@/shared/ui/ConnectionBar';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Guard, Skeleton } from '@/shared/ui/panel';
import { Rejections } from '@/shared/ui/Rejections';
import { Clock } from '../console/TopBar';
import '../console/console.css';

const DeskMap = lazy(() => import('@/features/map/DeskMap'));
const GisPanel = lazy(() => import('@/features/gis/GisPanel'));

/** The map alone, for a second monitor; beside it, for those who keep it, its data. */
export default function MapPage() {
  const { t } = useTranslation(DESK);
  const mayKeep = useMay('geography.write');
  const mayDispatch = useMay('units.assign');
  const [open, setOpen] = useState(mayKeep && !mayDispatch);
  return (
    <div className="map-page" data-testid="map-page">
      <header className="topbar">
        <strong className="brand">{t('common:product')}</strong>
        <Clock />
        <ConnectionBar />
        <span className="topbar-end">
          <SoundControl />
          <LanguageSwitch short />
          {mayKeep && (
            <button
              type="button"
              className="button"
              data-size="small"
              aria-expanded={open}
              data-testid="gis-open"
              onClick={() => setOpen(!open)}
            >
              {t('gis.map')}
            </button>
          )}
          <button
            type="button"
            className="button"
            data-size="small"
            data-testid="logout"
            onClick={() => void signOut()}
          >
            {t('common:action.signOut')}
          </button>
        </span>
      </header>
      <main className="map-page-main" data-side={open}>
        <Suspense fallback={null}>
          <DeskMap />
        </Suspense>
        {open && (
          <Guard>
            <Suspense fallback={<Skeleton />}>
              <GisPanel />
            </Suspense>
          </Guard>
        )}
      </main>
      <Rejections />
    </div>
  );
}
