import { lazy, Suspense, useMemo, useState } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Act } from '@/shared/ui/act';
import { Empty, Panel, Skeleton } from '@/shared/ui/panel';
import type { DeskAlarm } from '@/shared/wire/dispatch';
import type { Alarm, Id } from '@/shared/wire/types';
import { byAlarm, isOpenAlarm } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { AlarmCard } from './AlarmCard';

const AlarmHealth = lazy(() => import('./AlarmHealth'));

const SHOWN = 30;

/** Open alarms, the one to act on first on top; what was put aside is not among them. */
export function useOpenAlarms(): DeskAlarm[] {
  const alarms = useSituation(({ picture }) => picture.alarms);
  return useMemo(
    () =>
      Object.values(alarms)
        .filter((alarm: DeskAlarm) => isOpenAlarm(alarm) && !alarm.shelved)
        .sort(byAlarm),
    [alarms],
  );
}

function useShelvedAlarms(): DeskAlarm[] {
  const alarms = useSituation(({ picture }) => picture.alarms);
  return useMemo(
    () => Object.values(alarms).filter((alarm: DeskAlarm) => isOpenAlarm(alarm) && alarm.shelved),
    [alarms],
  );
}

interface AlarmQueueProps {
  onLive: (alarm: Alarm) => void;
  onIncident?: (id: Id) => void;
}

export function AlarmQueue({ onLive, onIncident }: AlarmQueueProps) {
  const { t } = useTranslation(DESK);
  const ready = useSituation((state) => state.ready);
  const open = useOpenAlarms();
  const aside = useShelvedAlarms();
  const [showAside, setShowAside] = useState(false);
  const alarms = showAside ? aside : open;
  const selectedId = useSelectedId('alarm');
  const more = alarms.length - SHOWN;
  return (
    <Panel
      title={t('alarms.title', { count: open.length })}
      testId="alarms"
      actions={
        (aside.length > 0 || showAside) && (
          <Act
            testId="alarms-shelved"
            kind="quiet"
            pressed={showAside}
            onClick={() => setShowAside(!showAside)}
          >
            {t('shelve.count', { count: aside.length })}
          </Act>
        )
      }
    >
      <Suspense fallback={null}>
        <AlarmHealth />
      </Suspense>
      {!ready && <Skeleton rows={3} />}
      {ready && alarms.length === 0 && <Empty>{t('alarms.none')}</Empty>}
      {alarms.slice(0, SHOWN).map((alarm) => (
        <AlarmCard
          key={alarm.id}
          alarm={alarm}
          selected={alarm.id === selectedId}
          onSelect={() => select({ type: 'alarm', id: alarm.id })}
          onLive={onLive}
          {...(onIncident ? { onIncident } : {})}
        />
      ))}
      {more > 0 && <p className="message muted">{t('alarms.more', { count: more })}</p>}
    </Panel>
  );
}
