import { useEffect, useRef } from 'react';
import { useMay } from '@/shared/rights/rights';
import { play, startSound } from '@/shared/sound/player';
import { type Heard, nextTune, SILENCE } from '@/shared/sound/tunes';
import { onTick } from '@/shared/time/clock';
import { useLinkStatus } from '@/shared/ui/ConnectionBar';
import type { DeskAlarm } from '@/shared/wire/dispatch';
import { situation } from '@/situation/store';
import { emergencies } from './emergencies';

/** Listens to the picture for the person at this desk; draws nothing. */
export function SoundKeeper() {
  const mayAnswer = useMay('calls.write');
  const mayHandle = useMay('alarms.handle');
  const lost = useLinkStatus().state === 'lost';
  const heard = useRef<Heard>(SILENCE);
  useEffect(() => {
    startSound();
    const listen = () => {
      const { ready, picture } = situation.now;
      if (!ready) return;
      const alarms: DeskAlarm[] = mayHandle ? Object.values(picture.alarms) : [];
      const calls = mayAnswer ? Object.values(picture.calls) : [];
      const [tune, after] = nextTune(
        {
          emergencies: emergencies(picture).filter((one) => one.unheard).length,
          raised: alarms.filter((alarm) => alarm.state === 'raised' && !alarm.shelved),
          waiting: calls.filter((call) => call.state === 'waiting').map((call) => call.id),
          lost,
        },
        heard.current,
        performance.now(),
      );
      heard.current = after;
      if (tune !== null) play(tune);
    };
    const stopTick = onTick(listen);
    const stopStore = situation.store.subscribe(listen);
    return () => {
      stopTick();
      stopStore();
    };
  }, [mayAnswer, mayHandle, lost]);
  return null;
}
