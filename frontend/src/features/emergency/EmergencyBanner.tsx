import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { acknowledgeAlarm, clearEmergency } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { centreOn } from '@/shared/geo/mapBus';
import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { resumeSound, sound } from '@/shared/sound/player';
import { shortNumber } from '@/shared/time/format';
import { Act, AskReason } from '@/shared/ui/act';
import { FixAge, Wait } from '@/shared/ui/ages';
import { StatusMark } from '@/shared/ui/marks';
import { useAsked } from '@/shared/ui/useAsked';
import type { Point } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { unitFix, useSituation } from '@/situation/store';
import { type Emergency, emergencies } from './emergencies';
import './emergency.css';

/** Works on every desk page and in every field; F8 means nothing to the browser. */
const ACKNOWLEDGE_KEY = 'F8';

/** Every unit in danger, across the whole page, on every desk, until it is over. */
export function EmergencyBanner() {
  const { t } = useTranslation(DESK);
  const picture = useSituation((state) => state.picture);
  const all = useMemo(() => emergencies(picture), [picture]);
  const mayHandle = useMay('alarms.handle');
  const next = mayHandle ? all.find((one) => one.unheard)?.alarm?.id : undefined;
  useEffect(() => {
    if (next === undefined) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== ACKNOWLEDGE_KEY) return;
      event.preventDefault();
      void attempt(acknowledgeAlarm(next));
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [next]);
  return (
    <div role="alert" aria-label={t('danger.label')}>
      {all.map((one) => (
        <Danger key={one.unit.id} emergency={one} first={one.alarm?.id === next} />
      ))}
    </div>
  );
}

function Danger({ emergency, first }: { emergency: Emergency; first: boolean }) {
  const { t } = useTranslation(DESK);
  const { unit, alarm, unheard, since } = emergency;
  const [ending, setEnding] = useState(false);
  const mayHandle = useMay('alarms.handle');
  const mayEnd = useMay('units.assign');
  const fix = useSituation(({ live }) => unitFix(live, unit.id));
  const at: Point | null = fix ?? emergency.place;
  return (
    <section
      className="danger"
      data-testid="emergency-banner"
      data-callsign={unit.callsign}
      data-unheard={unheard}
    >
      <div className="danger-line">
        <StatusMark tone="critical" size={unheard ? 24 : 16} />
        <strong className="danger-title">{t('danger.title', { callsign: unit.callsign })}</strong>
        <Wait since={since} />
        <DangerPlace at={at} fixAt={fix?.occurred_at} accuracy={fix?.accuracy_m ?? null} />
        <OnIncident emergency={emergency} />
        <span className="danger-acts acts">
          {unheard ? (
            <SoundOff />
          ) : (
            <span data-testid="emergency-acknowledged-by">{acknowledgedText(emergency, t)}</span>
          )}
          {unheard && mayHandle && alarm && (
            <Act
              testId="emergency-acknowledge"
              kind="danger"
              hint={first ? ACKNOWLEDGE_KEY : undefined}
              onClick={() => void attempt(acknowledgeAlarm(alarm.id))}
            >
              {t('danger.acknowledge')}
            </Act>
          )}
          <Act
            testId="emergency-show"
            onClick={() => {
              select({ type: 'unit', id: unit.id });
              if (at) centreOn(at);
            }}
          >
            {t('danger.show')}
          </Act>
          {!unheard && mayEnd && (
            <Act testId="emergency-end" expanded={ending} onClick={() => setEnding(!ending)}>
              {t('units.clearEmergency')}
            </Act>
          )}
        </span>
      </div>
      {ending && (
        <AskReason
          label={t('danger.endReason')}
          submit={t('units.clearEmergency')}
          testId="emergency-reason"
          often={[t('danger.often.safe'), t('danger.often.mistake'), t('danger.often.test')]}
          onCancel={() => setEnding(false)}
          onSubmit={(reason) => void attempt(clearEmergency(unit.id, reason))}
        />
      )}
    </section>
  );
}

function acknowledgedText({ unit, alarm }: Emergency, t: DeskWords): string {
  const by = unit.emergency_acknowledged_by ?? alarm?.by;
  return by ? t('danger.acknowledgedBy', { by }) : t('danger.inHand');
}

interface DangerPlaceProps {
  at: Point | null;
  fixAt: string | undefined;
  accuracy: number | null;
}

/** Where it was last, in words where the city knows them, with the age of that knowledge. */
function DangerPlace({ at, fixAt, accuracy }: DangerPlaceProps) {
  const { t } = useTranslation(DESK);
  // a moving unit is asked about once in a hundred metres, not at every fix
  const spot = at && `lon=${at.lon.toFixed(3)}&lat=${at.lat.toFixed(3)}`;
  const { answer } = useAsked<{ label: string }>(spot && `/reverse?${spot}`);
  if (at === null) return <strong>{t('danger.noPlace')}</strong>;
  return (
    <span className="danger-place" data-testid="emergency-place">
      <strong>{answer?.label ?? `${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}`}</strong>
      {fixAt && (
        <span>
          {t('danger.fix')} <FixAge at={fixAt} />
          {accuracy !== null && ` · ±${Math.round(accuracy)} m`}
        </span>
      )}
    </span>
  );
}

function OnIncident({ emergency: { unit } }: { emergency: Emergency }) {
  const { t } = useTranslation(DESK);
  const id = unit.assignment?.incident_id;
  const number = useSituation(({ picture }) => (id ? picture.incidents[id]?.number : undefined));
  if (!id || !number) return null;
  return (
    <Act testId="emergency-incident" onClick={() => select({ type: 'incident', id })}>
      {t('danger.on', { number: shortNumber(number) })}
    </Act>
  );
}

/** The browser keeps the sound off: said where it matters, and mended with one press. */
export function SoundOff() {
  const { t } = useTranslation(DESK);
  const off = useStore(sound, ({ state }) => state === 'suspended');
  if (!off) return null;
  return (
    <button
      type="button"
      className="button sound-off"
      data-size="small"
      data-testid="sound-off"
      onClick={() => void resumeSound()}
    >
      {t('sound.off')}
    </button>
  );
}
