import { lazy, Suspense, useState } from 'react';
import { NearCameras } from '@/features/cameras/NearCameras';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Act } from '@/shared/ui/act';
import { Guard, Skeleton } from '@/shared/ui/panel';
import type { DeskIncident } from '@/shared/wire/dispatch';
import { Timeline } from './Timeline';

const LinksTab = lazy(async () => ({ default: (await import('./LinksTab')).LinksTab }));
const FilesTab = lazy(async () => ({ default: (await import('./FilesTab')).FilesTab }));
const MajorTab = lazy(async () => ({ default: (await import('./MajorTab')).MajorTab }));

const SIDES = ['timeline', 'cameras', 'links', 'files', 'major'] as const;
type Side = (typeof SIDES)[number];

/** The third column: what happened, what can be seen, what belongs to it. */
export function SideTabs({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const [side, setSide] = useState<Side>('timeline');
  const count: Partial<Record<Side, number>> = {
    links: incident.call_ids.length,
    files: incident.attachments?.length ?? 0,
  };
  return (
    <>
      <div className="tabs">
        {SIDES.map((one) => (
          <Act
            key={one}
            testId={`detail-${one}`}
            kind="quiet"
            pressed={side === one}
            onClick={() => setSide(one)}
          >
            {t(`incidentSide.${one}`)}
            {count[one] ? ` ${count[one]}` : ''}
          </Act>
        ))}
      </div>
      <Guard>
        <Suspense fallback={<Skeleton rows={3} />}>
          {side === 'timeline' && <Timeline incidentId={incident.id} />}
          {side === 'cameras' && <NearCameras incidentId={incident.id} />}
          {side === 'links' && <LinksTab key={incident.id} incident={incident} />}
          {side === 'files' && <FilesTab incident={incident} />}
          {side === 'major' && <MajorTab key={incident.id} incident={incident} />}
        </Suspense>
      </Guard>
    </>
  );
}
