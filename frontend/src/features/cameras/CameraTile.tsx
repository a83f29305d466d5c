import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { problemText } from '@/shared/i18n/problems';
import { formatDecimal, formatTimer } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { FixAge } from '@/shared/ui/ages';
import { StatusMark, type Tone } from '@/shared/ui/marks';
import type { Camera, CameraHealth, Id } from '@/shared/wire/types';
import { cameraHealth, useSituation } from '@/situation/store';
import { useSnapshot } from './snapshot';
import { NO_VIEW, type View, WhepView } from './whep';
import './cameras.css';

interface CameraTileProps {
  camera: Camera;
  /** Why somebody watches: journalled by the centre, nothing is asked for without it. */
  purpose: string;
  onEnlarge?: (() => void) | undefined;
  onClose?: (() => void) | undefined;
}

/** A live picture that always says how old it is, how it comes and in what state the camera is. */
export function CameraTile({ camera, purpose, onEnlarge, onClose }: CameraTileProps) {
  const { t } = useTranslation(DESK);
  const video = useRef<HTMLVideoElement>(null);
  const tile = useRef<HTMLElement>(null);
  const [view, setView] = useState<View>(NO_VIEW);
  const [inView, setInView] = useState(true);
  const visible = useDocumentVisible() && inView;
  const health = useSituation(({ live }) => cameraHealth(live, camera.id));
  const lastFrame = useLastFrame(video, view.state === 'lost');

  useEffect(() => {
    if (tile.current === null || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(([entry]) =>
      setInView(entry?.isIntersecting ?? true),
    );
    observer.observe(tile.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!visible || !camera.enabled || video.current === null) return;
    const whep = new WhepView(camera.id, purpose, video.current, setView);
    return () => whep.close();
  }, [visible, camera.enabled, camera.id, purpose]);

  return (
    <article
      ref={tile}
      className="tile"
      data-testid="camera-tile"
      data-camera={camera.id}
      data-name={camera.name}
      data-view={view.state}
      data-mode={view.mode ?? ''}
      aria-label={camera.name}
    >
      <video
        ref={video}
        muted
        autoPlay
        playsInline
        className="tile-video"
        data-dim={view.state !== 'live'}
      />
      {view.lastFrameAt === null && <Poster cameraId={camera.id} purpose={purpose} />}
      <canvas ref={lastFrame} className="tile-video tile-last" hidden={view.state !== 'lost'} />
      <header className="tile-head">
        <strong className="clip">{camera.name}</strong>
        {view.mode && (
          <span className="chip" title={view.modeReason ?? undefined} data-testid="stream-mode">
            {t(`stream.${view.mode as 'passthrough'}`, { defaultValue: view.mode })}
          </span>
        )}
        <HealthChip health={health} />
        {onEnlarge && (
          <button type="button" className="button" data-size="small" onClick={onEnlarge}>
            {t('tile.enlarge')}
          </button>
        )}
        {onClose && (
          <button type="button" className="button" data-size="small" onClick={onClose}>
            {t('tile.close')}
          </button>
        )}
      </header>
      <Age view={view} enabled={camera.enabled} />
    </article>
  );
}

/** Until the first frame: the newest still, dimmed and with its age, rather than black. */
function Poster({ cameraId, purpose }: { cameraId: Id; purpose: string }) {
  const { t } = useTranslation(DESK);
  const { snapshot } = useSnapshot(`/cameras/${cameraId}/snapshot.jpg`, { purpose });
  if (snapshot === null) return null;
  return (
    <>
      <img className="tile-video tile-last" src={snapshot.src} alt="" />
      <p className="tile-age" data-testid="still-age">
        {t('tile.still')} <FixAge at={snapshot.capturedAt} />
      </p>
    </>
  );
}

/** A hidden window shows no frames: its views are closed and opened again when it is looked at. */
function useDocumentVisible(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
    () => document.visibilityState === 'visible',
  );
}

function Age({ view, enabled }: { view: View; enabled: boolean }) {
  const { t } = useTranslation(DESK);
  const { t: common } = useTranslation('common');
  useNow();
  const seconds = view.lastFrameAt === null ? null : (performance.now() - view.lastFrameAt) / 1_000;
  const failure = view.problem && problemText(view.problem, common);
  if (!enabled) return <p className="tile-note">{t('tile.disabled')}</p>;
  if (view.state === 'live')
    return (
      <p className="tile-age" data-testid="picture-age">
        {t('tile.age', { age: formatDecimal(Math.floor((seconds ?? 0) * 10) / 10) })}
      </p>
    );
  const words = {
    connecting: t('tile.connecting'),
    frozen: t('tile.frozen', { seconds: Math.round(seconds ?? 0) }),
    lost: seconds === null ? t('tile.noPicture') : t('tile.lost', { timer: formatTimer(seconds) }),
  }[view.state];
  return (
    <p className="tile-note" role="status" data-testid="picture-age">
      <strong className={view.state === 'connecting' ? '' : 'tone-caution'}>{words}</strong>
      {failure && <span>{failure}</span>}
    </p>
  );
}

const HEALTH_TONE: Record<CameraHealth['state'], Tone> = {
  live: 'normal',
  connecting: 'off',
  stalled: 'caution',
  frozen: 'caution',
  refused: 'serious',
  offline: 'off',
};

export function HealthChip({ health }: { health: CameraHealth | undefined }) {
  const { t } = useTranslation('common');
  const tone = health ? HEALTH_TONE[health.state] : 'off';
  return (
    <span
      className="chip"
      title={health?.reason ?? undefined}
      data-testid="camera-health"
      data-state={health?.state ?? 'unknown'}
    >
      <StatusMark tone={tone} size={10} />
      {t(`camera.${health?.state ?? 'unknown'}`)}
    </span>
  );
}

/** Keeps a copy of the newest picture for when the stream is lost: never a spinner over black. */
function useLastFrame(video: React.RefObject<HTMLVideoElement | null>, lost: boolean) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const copy = () => {
      const [from, to] = [video.current, canvas.current];
      if (!from?.videoWidth || !to) return;
      to.width = from.videoWidth;
      to.height = from.videoHeight;
      to.getContext('2d')?.drawImage(from, 0, 0);
    };
    if (lost) copy();
  }, [video, lost]);
  return canvas;
}
