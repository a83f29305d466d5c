/** Joins the wire to the picture: what every page of the centre does after signing in. */

import { goToLogin, guardSession, loadSession } from '@/features/session/session';
import { Problem } from '@/shared/api/client';
import { loadCodes, loadReference } from '@/shared/api/reference';
import { confirm } from '@/shared/commands/pending';
import { connectLive } from '@/shared/live/browser';
import type { LiveClient } from '@/shared/live/client';
import { situation } from '@/situation/store';

const ASK_AGAIN_MS = 3_000;

/** Connect and keep the picture; `onResumed` is told whenever the centre answers again. */
export function followCentre(onResumed: () => void = () => undefined): LiveClient {
  guardSession();
  void loadReference();
  const { client } = connectLive({
    snapshot: (picture, live) => {
      situation.snapshot(picture, live);
      onResumed();
    },
    entry: (entry) => {
      situation.entry(entry);
      confirm(entry);
      if (entry.kind === 'rules.changed') void loadCodes();
    },
    live: (values) => situation.values(values),
    ended: () => void signedOutOrAgain(),
  });

  /** The socket says that the session is over. Ask over HTTP, which knows for certain. */
  async function signedOutOrAgain(): Promise<void> {
    try {
      if ((await loadSession()) === null) return goToLogin();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    setTimeout(() => client.start(), ASK_AGAIN_MS);
  }

  return client;
}
