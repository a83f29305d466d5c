import { useState } from 'react';
import { useSnapshot } from '@/features/cameras/snapshot';
import { OpenIncidentForm } from '@/features/incidents/OpenIncidentForm';
import { useReference } from '@/shared/api/reference';
import { acknowledgeAlarm, dismissAlarm, verifyAlarm } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { DESK, type DeskWords, labelIn, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatClock, shortNumber } from '@/shared/time/format';
import { Wait } from '@/shared/ui/ages';
import { PriorityBadge } from '@/shared/ui/marks';
import { PendingMark } from '@/shared/ui/Rejections';
import type { DeskAlarm } from '@/shared/wire/dispatch';
import type { Alarm, Id } from '@/shared/wire/types';
import { Shelved, ShelveForm } from './Shelve';
import { shelvingMinutes } from './shelving';
import './alarms.css';

type Step = 'none' | 'open' | 'shelve' | 'dismiss';

interface AlarmCardProps {
  alarm: DeskAlarm;
  selected: boolean;
  onSelect: () => void;
  /** Show the camera live, with this alarm as the purpose. */
  onLive?: ((alarm: Alarm) => void) | undefined;
  onIncident?: (id: Id) => void;
}

/** One machine report: what was seen, where, how long ago, and the three things to do about it. */
export function AlarmCard({ alarm, selected, onSelect, onLive, onIncident }: AlarmCardProps) {
  const { t } = useTranslation(DESK);
  const [step, setStep] = useState<Step>('none');
  const mayHandle = useMay('alarms.handle');
  const raised = alarm.state === 'raised';
  return (
    <article
      className="alarm"
      data-testid="alarm"
      data-id={alarm.id}
      data-state={alarm.state}
      data-selected={selected}
      aria-label={t('alarm.title', { number: shortNumber(alarm.number) })}
    >
      <button type="button" className="alarm-head" onClick={onSelect} aria-pressed={selected}>
        <PriorityBadge priority={alarm.priority} />
        <strong>{shortNumber(alarm.number)}</strong>
        <span className="clip">{alarmKindText(alarm.kind, t)}</span>
        <Wait since={alarm.raised_at} limits={raised ? [60, 120] : undefined} />
      </button>
      <div className="alarm-body">
        <Evidence alarm={alarm} />
        <div className="alarm-facts">
          <strong>
            {alarm.camera_name ?? alarm.source_name ?? t(sourceless(alarm))}
            {(alarm.count ?? 1) > 1 && <span data-testid="alarm-count">{` ${alarm.count}×`}</span>}
          </strong>
          <span className="muted clip">
            {alarm.zone_name ?? (alarm.kind === 'unit_emergency' ? alarm.reason : '')}
          </span>
          <span className="dense muted">
            {t('alarm.detected', { at: formatClock(Date.parse(alarm.detected_at)) })}
          </span>
          <span className="dense">
            {raised ? t('alarm.raised') : t('alarm.acknowledged', { by: alarm.by ?? '' })}
          </span>
          <Shelved alarm={alarm} />
          <PendingMark id={alarm.id} />
        </div>
      </div>
      {mayHandle && (
        <div className="alarm-actions">
          {raised && (
            <button
              type="button"
              className="button"
              data-size="small"
              data-testid="alarm-acknowledge"
              onClick={() => void attempt(acknowledgeAlarm(alarm.id))}
            >
              {t('alarm.acknowledge')}
            </button>
          )}
          {onLive && alarm.camera_id !== null && (
            <button
              type="button"
              className="button"
              data-size="small"
              data-testid="alarm-live"
              onClick={() => onLive(alarm)}
            >
              {t('alarm.live')}
            </button>
          )}
          <StepButton step="open" now={step} onStep={setStep} testId="alarm-open" />
          {shelvingMinutes(alarm.priority).length > 0 && !alarm.shelved && (
            <StepButton step="shelve" now={step} onStep={setStep} testId="alarm-shelve" />
          )}
          <StepButton step="dismiss" now={step} onStep={setStep} testId="alarm-dismiss" />
        </div>
      )}
      {step === 'open' && (
        <OpenIncidentForm
          command={(opening) => verifyAlarm(alarm.id, opening)}
          onOpened={({ incident }) => onIncident?.(incident.id)}
        />
      )}
      {step === 'shelve' && <ShelveForm alarm={alarm} onDone={() => setStep('none')} />}
      {step === 'dismiss' && <Reasons alarm={alarm} />}
    </article>
  );
}

/** The desk's own words for a kind; a kind that is new to it shows as itself. */
const alarmKindText = (kind: string, t: DeskWords): string =>
  t(`alarmKind.${kind as 'motion'}`, {
    defaultValue: t(`alarmOf.${kind as 'unit'}`, { defaultValue: kind }),
  });

/** Without a camera it is a panel, a button, or a unit: then its reason says which. */
const sourceless = (alarm: DeskAlarm) =>
  alarm.kind === 'unit_emergency' ? 'alarmOf.unit' : 'alarm.noCamera';

interface StepButtonProps {
  step: Exclude<Step, 'none'>;
  now: Step;
  onStep: (step: Step) => void;
  testId: string;
}

function StepButton({ step, now, onStep, testId }: StepButtonProps) {
  const { t } = useTranslation(DESK);
  return (
    <button
      type="button"
      className="button"
      data-size="small"
      aria-expanded={now === step}
      data-testid={testId}
      onClick={() => onStep(now === step ? 'none' : step)}
    >
      {t(step === 'shelve' ? 'shelve.verb' : `alarm.${step}`)}
    </button>
  );
}

function Evidence({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation(DESK);
  const { snapshot } = useSnapshot(alarm.snapshot?.url ?? null);
  if (alarm.snapshot === null) return null;
  return snapshot ? (
    <img
      className="alarm-still"
      src={snapshot.src}
      alt={t('alarm.stillOf', { name: alarm.camera_name ?? '' })}
      data-testid="alarm-snapshot"
    />
  ) : (
    <span className="alarm-still" />
  );
}

function Reasons({ alarm }: { alarm: Alarm }) {
  const { t, language } = useTranslation(DESK);
  const reasons = useReference((state) => state.codes.alarm_reasons);
  return (
    <div className="alarm-reasons" role="group" aria-label={t('alarm.reason')}>
      {reasons.map((reason) => (
        <button
          key={reason.code}
          type="button"
          className="button"
          data-size="small"
          data-testid={`dismiss-${reason.code}`}
          onClick={() => void attempt(dismissAlarm(alarm.id, reason.code))}
        >
          {labelIn(reason.labels, language, reason.code)}
        </button>
      ))}
    </div>
  );
}
