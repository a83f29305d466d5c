import { useEffect, useState } from 'react';
import { get, Problem } from '@/shared/api/client';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDistance } from '@/shared/time/format';
import { FixAge } from '@/shared/ui/ages';
import { Empty, Failure, Skeleton } from '@/shared/ui/panel';
import type { NearCamera } from '@/shared/wire/answers';
import type { Id } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import { CameraTile } from './CameraTile';
import { useSnapshot } from './snapshot';
import './cameras.css';

const SHOWN = 3;
const STILL_EVERY_MS = 5_000;

/** The cameras nearest to the incident: stills with their age, one of them live when asked for. */
export function NearCameras({ incidentId }: { incidentId: Id }) {
  const { t } = useTranslation(DESK);
  const [near, setNear] = useState<NearCamera[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [liveId, setLiveId] = useState<Id | null>(null);
  const cameras = useSituation(({ picture }) => picture.cameras);

  useEffect(() => {
    const stop = new AbortController();
    setNear(null);
    setLiveId(null);
    get<{ items: NearCamera[] }>(`/incidents/${incidentId}/cameras`, { signal: stop.signal }).then(
      ({ items }) => setNear(items.slice(0, SHOWN)),
      (error: unknown) => {
        if (error instanceof Problem) setProblem(error);
        else if (!stop.signal.aborted) throw error;
      },
    );
    return () => stop.abort();
  }, [incidentId]);

  if (problem) return <Failure problem={problem} />;
  if (near === null) return <Skeleton rows={3} />;
  if (near.length === 0) return <Empty>{t('cameras.noneNear')}</Empty>;
  const live = liveId ? cameras[liveId] : undefined;
  return (
    <div className="near-cameras" data-testid="near-cameras">
      {live && (
        <CameraTile
          camera={live}
          purpose={`incident:${incidentId}`}
          onClose={() => setLiveId(null)}
        />
      )}
      <ul className="stills">
        {near.map((camera) => (
          <Still
            key={camera.camera_id}
            camera={camera}
            purpose={`incident:${incidentId}`}
            onLive={() => setLiveId(camera.camera_id)}
          />
        ))}
      </ul>
    </div>
  );
}

interface StillProps {
  camera: NearCamera;
  purpose: string;
  onLive: () => void;
}

function Still({ camera, purpose, onLive }: StillProps) {
  const { t } = useTranslation(DESK);
  const mayView = useMay('cameras.view');
  const { snapshot, problem } = useSnapshot(
    mayView ? `/cameras/${camera.camera_id}/snapshot.jpg` : null,
    { everyMs: STILL_EVERY_MS, purpose },
  );
  return (
    <li className="still" data-testid="near-camera">
      {snapshot ? (
        <img src={snapshot.src} alt={t('cameras.stillOf', { name: camera.name })} />
      ) : (
        <span className="still-none muted">{problem ? t('tile.noPicture') : '…'}</span>
      )}
      <span className="clip">{camera.name}</span>
      <span className="dense muted">
        {formatDistance(camera.distance_m)}
        {' · '}
        <FixAge at={snapshot?.capturedAt} />
      </span>
      {mayView && (
        <button type="button" className="button" data-size="small" onClick={onLive}>
          {t('cameras.live')}
        </button>
      )}
    </li>
  );
}
