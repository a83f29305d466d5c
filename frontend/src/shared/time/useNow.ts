import { useSyncExternalStore } from 'react';
import { currentTick, onTick, serverClock } from '@/shared/time/clock';

/** The server's time in ms, anew every second; every caller shares one timer. */
export function useNow(): number {
  useSyncExternalStore(onTick, currentTick);
  return serverClock.now();
}
