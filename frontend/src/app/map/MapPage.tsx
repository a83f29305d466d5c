import { lazy, Suspense } from 'react';
import { useTranslation } from '@/shared/i18n/i18n';
import { ConnectionBar } from '@/shared/ui/ConnectionBar';
import { Clock } from '../console/TopBar';
import '../console/console.css';

const DeskMap = lazy(() => import('@/features/map/DeskMap'));

/** The map alone, for a second monitor: the selection is shared with the operator's other windows. */
export default function MapPage() {
  const { t } = useTranslation('common');
  return (
    <div className="map-page" data-testid="map-page">
      <header className="topbar">
        <strong className="brand">{t('product')}</strong>
        <Clock />
        <ConnectionBar />
      </header>
      <main>
        <Suspense fallback={null}>
          <DeskMap />
        </Suspense>
      </main>
    </div>
  );
}
