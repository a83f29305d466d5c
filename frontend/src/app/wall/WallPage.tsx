import { lazy, Suspense, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { AlarmQueue } from '@/features/alarms/AlarmQueue';
import { CameraTile } from '@/features/cameras/CameraTile';
import { PurposeGate, viewPurpose } from '@/features/cameras/PurposeGate';
import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Empty, Guard, Skeleton } from '@/shared/ui/panel';
import { Rejections } from '@/shared/ui/Rejections';
import type { Session } from '@/shared/wire/answers';
import type { Alarm, Camera, Id } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { TopBar } from '../console/TopBar';
import '../console/console.css';
import './wall.css';

const DeskMap = lazy(() => import('@/features/map/DeskMap'));

const SIZES = [1, 4, 9, 16] as const;
type Size = (typeof SIZES)[number];
const DEFAULT_SIZE: Size = 4;

/** A camera put in front with a reason of its own: an alarm's. */
interface Hot {
  cameraId: Id;
  purpose: string;
}

function sizeFromAddress(): Size {
  const wanted = Number(location.pathname.split('/')[2]);
  return SIZES.find((size) => size === wanted) ?? DEFAULT_SIZE;
}

export default function WallPage({ session }: { session: Session }) {
  const [size, setSize] = useState<Size>(sizeFromAddress);
  const [page, setPage] = useState(0);
  const [hot, setHot] = useState<Hot | null>(null);
  const cameras = useCameras();

  function showLive(alarm: Alarm) {
    if (alarm.camera_id === null) return;
    setHot({ cameraId: alarm.camera_id, purpose: `alarm:${alarm.id}` });
    select({ type: 'alarm', id: alarm.id });
  }

  function resize(next: Size) {
    history.replaceState(null, '', `/wall/${next}`);
    setSize(next);
    setPage(0);
  }

  return (
    <div className="console wall" data-testid="wall">
      <TopBar session={session}>
        <WallTools
          size={size}
          onSize={resize}
          page={page}
          pages={Math.max(1, Math.ceil(cameras.length / size))}
          onPage={setPage}
        />
      </TopBar>
      <main className="wall-main">
        <Guard>
          <Grid
            cameras={cameras}
            size={size}
            page={page}
            hot={hot}
            onEnlarge={(id) => {
              const at = cameras.findIndex((camera) => camera.id === id);
              if (size === 1) resize(DEFAULT_SIZE);
              else {
                resize(1);
                setPage(at);
              }
              setHot(null);
            }}
            onCloseHot={() => setHot(null)}
          />
        </Guard>
        <aside className="wall-side">
          <AlarmQueue onLive={showLive} />
          <section className="console-map">
            <Guard>
              <Suspense fallback={<Skeleton />}>
                <DeskMap />
              </Suspense>
            </Guard>
          </section>
        </aside>
      </main>
      <Rejections />
    </div>
  );
}

function useCameras(): Camera[] {
  const cameras = useSituation(({ picture }) => picture.cameras);
  return useMemo(
    () =>
      Object.values(cameras)
        .filter((camera) => camera.enabled)
        .sort((a, b) => a.name.localeCompare(b.name, 'es', { numeric: true })),
    [cameras],
  );
}

interface WallToolsProps {
  size: Size;
  onSize: (size: Size) => void;
  page: number;
  pages: number;
  onPage: (page: number) => void;
}

function WallTools({ size, onSize, page, pages, onPage }: WallToolsProps) {
  const { t } = useTranslation(DESK);
  const purpose = useStore(viewPurpose, (state) => state.purpose);
  const purposeLabel = useLabel('view_purposes');
  return (
    <div className="wall-tools">
      <div role="group" aria-label={t('wall.layout')} className="priorities">
        {SIZES.map((one) => (
          <button
            key={one}
            type="button"
            className="button"
            data-size="small"
            aria-pressed={one === size}
            data-testid={`wall-${one}`}
            onClick={() => onSize(one)}
          >
            {one}
          </button>
        ))}
      </div>
      {pages > 1 && (
        <div className="priorities">
          <button
            type="button"
            className="button"
            data-size="small"
            aria-label={t('wall.previous')}
            disabled={page === 0}
            onClick={() => onPage(page - 1)}
          >
            {'‹'}
          </button>
          <span>{t('wall.page', { page: page + 1, pages })}</span>
          <button
            type="button"
            className="button"
            data-size="small"
            aria-label={t('wall.next')}
            disabled={page >= pages - 1}
            onClick={() => onPage(page + 1)}
          >
            {'›'}
          </button>
        </div>
      )}
      {purpose !== null && (
        <button
          type="button"
          className="button clip"
          data-size="small"
          data-kind="quiet"
          data-testid="purpose-change"
          title={t('purpose.now', { purpose: purposeLabel(purpose) })}
          onClick={() => viewPurpose.setState({ purpose: null })}
        >
          {t('purpose.now', { purpose: purposeLabel(purpose) })}
        </button>
      )}
    </div>
  );
}

interface GridProps {
  cameras: readonly Camera[];
  size: Size;
  page: number;
  hot: Hot | null;
  onEnlarge: (id: Id) => void;
  onCloseHot: () => void;
}

function Grid({ cameras, size, page, hot, onEnlarge, onCloseHot }: GridProps) {
  const { t } = useTranslation(DESK);
  const ready = useSituation((state) => state.ready);
  const mayView = useMay('cameras.view');
  const hotCamera = useSituation(({ picture }) =>
    hot ? picture.cameras[hot.cameraId] : undefined,
  );
  const others = cameras.filter((camera) => camera.id !== hotCamera?.id);
  const shown = others.slice(page * size, (page + 1) * size).slice(0, hotCamera ? size - 1 : size);
  if (!ready) return <Skeleton rows={6} />;
  if (!mayView) return <Empty>{t('wall.mayNot')}</Empty>;
  if (cameras.length === 0) return <Empty>{t('wall.none')}</Empty>;
  return (
    <div className="wall-grid" data-size={size} data-testid="wall-grid">
      {hot && hotCamera && (
        <CameraTile camera={hotCamera} purpose={hot.purpose} onClose={onCloseHot} />
      )}
      <PurposeGate>
        {(purpose) =>
          shown.map((camera) => (
            <CameraTile
              key={camera.id}
              camera={camera}
              purpose={purpose}
              onEnlarge={() => onEnlarge(camera.id)}
            />
          ))
        }
      </PurposeGate>
    </div>
  );
}
