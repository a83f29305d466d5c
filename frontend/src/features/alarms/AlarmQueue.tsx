import { useMemo } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Empty, Panel, Skeleton } from '@/shared/ui/panel';
import type { Alarm, Id } from '@/shared/wire/types';
import { byAlarm, isOpenAlarm } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { AlarmCard } from './AlarmCard';

const SHOWN = 30;

/** Open alarms, the one to act on first on top. */
export function useOpenAlarms(): Alarm[] {
  const alarms = useSituation(({ picture }) => picture.alarms);
  return useMemo(() => Object.values(alarms).filter(isOpenAlarm).sort(byAlarm), [alarms]);
}

interface AlarmQueueProps {
  onLive: (alarm: Alarm) => void;
  onIncident?: (id: Id) => void;
}

export function AlarmQueue({ onLive, onIncident }: AlarmQueueProps) {
  const { t } = useTranslation(DESK);
  const ready = useSituation((state) => state.ready);
  const alarms = useOpenAlarms();
  const selectedId = useSelectedId('alarm');
  const more = alarms.length - SHOWN;
  return (
    <Panel title={t('alarms.title', { count: alarms.length })} testId="alarms">
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
