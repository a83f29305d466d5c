/** The browser's side of the live client: a real WebSocket, clocks, and the events that end a wait. */

import { createStore } from 'zustand/vanilla';
import { type Environment, type Handlers, type Link, LiveClient } from '@/shared/live/client';
import { serverClock } from '@/shared/time/clock';

const PATH = '/ws';

export interface Connection {
  link: Link;
  degraded: string[];
}

/** What every screen shows of its link; written by `connectLive` only. */
export const connection = createStore<Connection>(() => ({
  link: { open: false, heardAt: null, resumed: null, triesInARow: 0 },
  degraded: [],
}));

const environment: Environment = {
  openSocket: () => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(`${scheme}//${location.host}${PATH}`) as never;
  },
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (run, ms) => window.setTimeout(run, ms),
  clearTimeout: (handle) => window.clearTimeout(handle as number),
};

export type ScreenHandlers = Pick<Handlers, 'snapshot' | 'entry' | 'live' | 'ended'> &
  Partial<Pick<Handlers, 'failed' | 'positionsAnswer'>>;

/** Connect for as long as the page lives; returns the client and how to end it. */
export function connectLive(handlers: ScreenHandlers): { client: LiveClient; stop: () => void } {
  const client = new LiveClient(environment, {
    ...handlers,
    beat: (serverAt, degraded) => {
      serverClock.hear(serverAt, Date.now());
      const before = connection.getState().degraded;
      if (degraded !== null && before.join() !== degraded.join()) connection.setState({ degraded });
    },
    link: (link) => connection.setState({ link }),
  });
  const wake = () => {
    if (document.visibilityState === 'visible') client.retryNow();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  client.start();
  return {
    client,
    stop: () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      client.stop();
    },
  };
}
