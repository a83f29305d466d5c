import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { shortNumber } from '@/shared/time/format';
import { FixAge, Wait } from '@/shared/ui/ages';
import { PriorityBadge, UnitMark } from '@/shared/ui/marks';
import type { Id } from '@/shared/wire/types';
import { cameraHealth, unitFix, useSituation } from '@/situation/store';
import { ClosureWords } from './ClosureWords';
import type { Hover } from './engine';

/** What is under the pointer, in words; the lists say the same to those who cannot point. */
export function HoverCard({ hover }: { hover: Hover }) {
  const body = {
    unit: <UnitCard id={hover.id} />,
    incident: <IncidentCard id={hover.id} />,
    call: <CallCard id={hover.id} />,
    camera: <CameraCard id={hover.id} />,
    alarm: null,
    mark: null,
    closure: <ClosureCard id={hover.id} />,
    feature: <FeatureName hover={hover} />,
  }[hover.type];
  if (body === null) return null;
  return (
    <div className="map-card" style={{ left: hover.x + 14, top: hover.y + 14 }}>
      {body}
    </div>
  );
}

function UnitCard({ id }: { id: Id }) {
  const { t } = useTranslation('common');
  const unit = useSituation(({ picture }) => picture.units[id]);
  const at = useSituation(({ live }) => unitFix(live, id)?.occurred_at);
  if (!unit) return null;
  return (
    <>
      <strong>
        <UnitMark unit={unit} /> {unit.callsign}
      </strong>
      <span>{t(`activity.${unit.activity}`)}</span>
      <FixAge at={at} />
    </>
  );
}

function IncidentCard({ id }: { id: Id }) {
  const incident = useSituation(({ picture }) => picture.incidents[id]);
  const typeLabel = useLabel('incident_types');
  if (!incident) return null;
  return (
    <>
      <PriorityBadge priority={incident.priority} />
      <strong>{shortNumber(incident.number)}</strong>
      <span>{typeLabel(incident.type)}</span>
      <Wait since={incident.opened_at} />
    </>
  );
}

function CallCard({ id }: { id: Id }) {
  const { t } = useTranslation(DESK);
  const call = useSituation(({ picture }) => picture.calls[id]);
  if (!call) return null;
  return (
    <>
      <strong>{t('common:word.call', { number: shortNumber(call.number) })}</strong>
      <span>{t(`callState.${call.state}`)}</span>
      <Wait since={call.received_at} />
    </>
  );
}

function CameraCard({ id }: { id: Id }) {
  const { t } = useTranslation('common');
  const camera = useSituation(({ picture }) => picture.cameras[id]);
  const health = useSituation(({ live }) => cameraHealth(live, id));
  if (!camera) return null;
  return (
    <>
      <strong>{camera.name}</strong>
      <span>{t(`camera.${health?.state ?? 'unknown'}`)}</span>
      <FixAge at={health?.last_frame_at} />
    </>
  );
}

function ClosureCard({ id }: { id: Id }) {
  const closure = useSituation(({ picture }) => picture.closures[id]);
  if (!closure) return null;
  return (
    <>
      <strong className="tone-critical">{closure.reason}</strong>
      <ClosureWords closure={closure} />
    </>
  );
}

/** A feature of an agency's layer: its name as text, whatever the data hold. */
function FeatureName({ hover: { properties, layer } }: { hover: Hover }) {
  const name = properties?.name;
  return (
    <>
      {typeof name === 'string' && name !== '' && <strong>{name}</strong>}
      <span className="muted">{layer}</span>
    </>
  );
}
