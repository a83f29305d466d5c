import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { AlarmCard } from '@/features/alarms/AlarmCard';
import { AlarmQueue, useOpenAlarms } from '@/features/alarms/AlarmQueue';
import { useRecommendationKeeper } from '@/features/assigning/recommendation';
import { CallDetail, FarCall } from '@/features/calls/CallDetail';
import { CallQueue } from '@/features/calls/CallQueue';
import { NewCallForm } from '@/features/calls/NewCallForm';
import { showStorm, useShownStorm } from '@/features/calls/storms';
import { CameraDetail } from '@/features/cameras/CameraDetail';
import { IncidentDetail } from '@/features/incidents/IncidentDetail';
import { IncidentList, useIncidentOrder } from '@/features/incidents/IncidentList';
import { toggleLayer } from '@/features/map/layersStore';
import { UnitBoard } from '@/features/units/UnitBoard';
import { UnitDetail } from '@/features/units/UnitDetail';
import { acknowledgeAlarm } from '@/shared/commands/intents';
import { attempt, pending } from '@/shared/commands/pending';
import { centreOn, stopPicking } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Empty, Guard, Panel, Skeleton } from '@/shared/ui/panel';
import { Rejections } from '@/shared/ui/Rejections';
import type { Session } from '@/shared/wire/answers';
import type { Alarm, Id, Priority } from '@/shared/wire/types';
import { type Selected, select, selection, useSelected } from '@/situation/selection';
import { situation, useSituation } from '@/situation/store';
import { CommandLine } from './CommandLine';
import { Help } from './Help';
import { isTyping, type KeyActions, press } from './keys';
import { TopBar } from './TopBar';
import { pointOf } from './where';
import './console.css';

const StormDetail = lazy(() => import('@/features/calls/StormDetail'));
const DeskMap = lazy(() => import('@/features/map/DeskMap'));

const LISTS = { calls: 'call-list', incidents: 'incident-list', units: 'unit-list' } as const;
type ListName = keyof typeof LISTS;

export default function ConsolePage({ session }: { session: Session }) {
  const { t } = useTranslation(DESK);
  const [newCall, setNewCall] = useState(false);
  const [help, setHelp] = useState(false);
  const command = useRef<HTMLInputElement>(null);
  const mayReceive = useMay('calls.write');
  const selected = useSelected();
  useRecommendationKeeper();
  useKeys({ command, setNewCall, setHelp, mayReceive });

  useEffect(() => {
    if (selected === null) return;
    setNewCall(false);
    showStorm(null);
  }, [selected]);

  const topAlarm = useOpenAlarms()[0];
  const openNew = mayReceive ? () => setNewCall(true) : undefined;
  return (
    <div className="console" data-testid="console">
      <TopBar
        session={session}
        onHelp={() => setHelp((shown) => !shown)}
        {...(topAlarm ? { onAlarms: () => select({ type: 'alarm', id: topAlarm.id }) } : {})}
      >
        <CommandLine inputRef={command} />
      </TopBar>
      <main className="console-main">
        <div className="console-left">
          <CallQueue onNew={openNew} onOpen={centreSelected} />
          <IncidentList onOpen={centreSelected} />
          <UnitBoard onOpen={centreSelected} />
        </div>
        <div className="console-right">
          <section className="console-map" aria-label={t('map.title')}>
            <Guard>
              <Suspense fallback={<Skeleton />}>
                <DeskMap />
              </Suspense>
            </Guard>
          </section>
          <Panel
            title={newCall ? t('newCall.title') : t('detail.title')}
            testId="detail"
            className="console-detail"
          >
            {newCall ? (
              <NewCallForm onDone={() => setNewCall(false)} />
            ) : (
              <Detail selected={selected} />
            )}
          </Panel>
        </div>
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
      <Rejections />
    </div>
  );
}

function Detail({ selected }: { selected: Selected }) {
  const { t } = useTranslation(DESK);
  const storm = useShownStorm();
  const thing = useSituation(({ picture }) => {
    if (selected === null) return null;
    return picture[`${selected.type}s`][selected.id] ?? undefined;
  });
  if (selected === null && storm !== null)
    return (
      <Suspense fallback={<Skeleton />}>
        <StormDetail id={storm} />
      </Suspense>
    );
  if (selected === null) return <Empty>{t('detail.none')}</Empty>;
  if (!thing && selected.type === 'call') return <FarCall key={selected.id} id={selected.id} />;
  if (!thing) return <Empty>{t('detail.gone')}</Empty>;
  const { picture } = situation.store.getState();
  const { id } = selected;
  switch (selected.type) {
    case 'call':
      return picture.calls[id] ? <CallDetail call={picture.calls[id]} /> : null;
    case 'incident':
      return picture.incidents[id] ? <IncidentDetail incident={picture.incidents[id]} /> : null;
    case 'unit':
      return picture.units[id] ? <UnitDetail unit={picture.units[id]} /> : null;
    case 'camera':
      return picture.cameras[id] ? <CameraDetail camera={picture.cameras[id]} /> : null;
    case 'alarm':
      return <AlarmDetail id={id} />;
  }
}

const selectIncident = (id: Id) => select({ type: 'incident', id });
const showAlarmCamera = ({ camera_id }: Alarm) =>
  camera_id && select({ type: 'camera', id: camera_id });

function AlarmDetail({ id }: { id: Id }) {
  const alarm = useSituation(({ picture }) => picture.alarms[id]);
  if (!alarm) return null;
  return (
    <div className="alarm-desk">
      <AlarmQueue onLive={showAlarmCamera} onIncident={selectIncident} />
      <div>
        <AlarmCard
          key={id}
          alarm={alarm}
          selected
          onSelect={centreSelected}
          onLive={showAlarmCamera}
          onIncident={selectIncident}
        />
      </div>
    </div>
  );
}

function centreSelected(): void {
  const point = pointOf(selection.getState().selected);
  if (point) centreOn(point);
}

/** The list that keys move in: the one of the selection, else the incidents. */
function listOf(selected: Selected): ListName {
  if (selected?.type === 'call') return 'calls';
  return selected?.type === 'unit' ? 'units' : 'incidents';
}

function focusList(name: ListName): void {
  const box = document.querySelector<HTMLElement>(`[data-testid="${LISTS[name]}"]`);
  box?.focus();
}

interface KeySetup {
  command: React.RefObject<HTMLInputElement | null>;
  setNewCall: (open: boolean) => void;
  setHelp: React.Dispatch<React.SetStateAction<boolean>>;
  mayReceive: boolean;
}

function useKeys({ command, setNewCall, setHelp, mayReceive }: KeySetup): void {
  const order = useIncidentOrder();
  const topAlarm = useOpenAlarms()[0]?.id;
  const anyRejected = useStore(pending, (state) => state.rejected.length > 0);

  const jump = useCallback(
    (priority: Priority) => {
      const { incidents } = situation.now.picture;
      const id = order.find((one) => incidents[one]?.priority === priority);
      if (id) select({ type: 'incident', id });
      focusList('incidents');
    },
    [order],
  );

  useEffect(() => {
    const actions: KeyActions = {
      commandLine: () => command.current?.focus(),
      newCall: () => mayReceive && setNewCall(true),
      help: () => setHelp((shown) => !shown),
      escape: () => {
        stopPicking();
        setHelp(false);
        setNewCall(false);
        if (anyRejected) pending.setState({ rejected: [] });
        focusList(listOf(selection.getState().selected));
      },
      move: (step) => {
        const name = listOf(selection.getState().selected);
        focusList(name);
        const list = document.querySelector(`[data-testid="${LISTS[name]}"]`);
        const key = step === 1 ? 'ArrowDown' : 'ArrowUp';
        list?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      },
      centre: centreSelected,
      list: focusList,
      priority: jump,
      acknowledge: () => topAlarm && void attempt(acknowledgeAlarm(topAlarm)),
      follow: () => toggleLayer('follow'),
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (press(event, isTyping(event.target, event.key), actions)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [command, setNewCall, setHelp, mayReceive, jump, topAlarm, anyRejected]);
}
