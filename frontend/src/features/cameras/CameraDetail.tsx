import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { FixAge } from '@/shared/ui/ages';
import type { Camera } from '@/shared/wire/types';
import { cameraHealth, useSituation } from '@/situation/store';
import { CameraTile, HealthChip } from './CameraTile';
import { PurposeGate } from './PurposeGate';

export function CameraDetail({ camera }: { camera: Camera }) {
  const { t } = useTranslation(DESK);
  const health = useSituation(({ live }) => cameraHealth(live, camera.id));
  const mayView = useMay('cameras.view');
  return (
    <div className="detail-columns" data-testid="camera-detail">
      <section className="detail-column">
        <header className="detail-head">
          <h2>{camera.name}</h2>
          <HealthChip health={health} />
        </header>
        <dl className="facts">
          <dt>{t('word.agency')}</dt>
          <dd>{camera.agency}</dd>
          <dt>{t('cameras.lastFrame')}</dt>
          <dd>
            <FixAge at={health?.last_frame_at} />
          </dd>
          <dt>{t('cameras.viewers')}</dt>
          <dd>{health?.viewers ?? '–'}</dd>
          {health?.reason && (
            <>
              <dt>{t('unit.reason')}</dt>
              <dd>{health.reason}</dd>
            </>
          )}
        </dl>
      </section>
      <section className="detail-column detail-wide">
        {mayView && (
          <PurposeGate>{(purpose) => <CameraTile camera={camera} purpose={purpose} />}</PurposeGate>
        )}
      </section>
    </div>
  );
}
