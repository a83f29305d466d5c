/** One live view over WHEP: offers, plays, notices a frozen picture, comes back by itself. */

import { Problem, remove, send } from '@/shared/api/client';
import type { Id } from '@/shared/wire/types';

export const FROZEN_AFTER_MS = 3_000;
export const RESTART_AFTER_MS = 10_000;
export const FIRST_FRAME_WITHIN_MS = 12_000;
const GATHER_AT_MOST_MS = 500;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MOST_MS = 10_000;
const WATCH_EVERY_MS = 500;

export type ViewState = 'connecting' | 'live' | 'frozen' | 'lost';

export interface View {
  state: ViewState;
  /** When the newest frame was shown, by performance.now(); null before the first. */
  lastFrameAt: number | null;
  mode: string | null;
  modeReason: string | null;
  problem: Problem | null;
}

export const NO_VIEW: View = {
  state: 'connecting',
  lastFrameAt: null,
  mode: null,
  modeReason: null,
  problem: null,
};

export class WhepView {
  private view = NO_VIEW;
  private peer: RTCPeerConnection | null = null;
  private resource: string | null = null;
  private startedAt = 0;
  private tries = 0;
  private closed = false;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private readonly watch: ReturnType<typeof setInterval>;

  constructor(
    private readonly cameraId: Id,
    private readonly purpose: string,
    private readonly video: HTMLVideoElement,
    private readonly tell: (view: View) => void,
  ) {
    this.watch = setInterval(() => this.look(), WATCH_EVERY_MS);
    this.waitForFrame();
    void this.connect();
  }

  close(): void {
    this.closed = true;
    clearInterval(this.watch);
    if (this.retry !== null) clearTimeout(this.retry);
    this.hangUp();
    this.video.srcObject = null;
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    if (!this.closed) this.tell(this.view);
  }

  private waitForFrame(): void {
    this.video.requestVideoFrameCallback(() => {
      this.tries = 0;
      this.change({ state: 'live', lastFrameAt: performance.now(), problem: null });
      if (!this.closed) this.waitForFrame();
    });
  }

  private async connect(): Promise<void> {
    this.startedAt = performance.now();
    const peer = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    this.peer = peer;
    peer.addTransceiver('video', { direction: 'recvonly' });
    peer.ontrack = ({ track }) => {
      this.video.srcObject = new MediaStream([track]);
    };
    peer.onconnectionstatechange = () => {
      if (peer === this.peer && peer.connectionState === 'failed') this.lose(null);
    };
    try {
      await this.negotiate(peer);
    } catch (error) {
      if (peer !== this.peer) return;
      if (error instanceof Problem) this.lose(error);
      else throw error;
    }
  }

  private async negotiate(peer: RTCPeerConnection): Promise<void> {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    if (peer !== this.peer || this.closed) return;
    const answer = await send('POST', `/cameras/${this.cameraId}/whep`, {
      body: peer.localDescription?.sdp ?? '',
      headers: {
        'Content-Type': 'application/sdp',
        Accept: 'application/sdp',
        'X-Purpose': this.purpose,
      },
    });
    const resource = answer.headers.get('Location');
    if (peer !== this.peer || this.closed) return void (resource && release(resource));
    this.resource = resource;
    this.change({
      mode: answer.headers.get('X-Stream-Mode'),
      modeReason: answer.headers.get('X-Stream-Mode-Reason'),
    });
    await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  }

  /** A picture that stands still is said to be frozen, then fetched anew. */
  private look(): void {
    if (this.peer === null) return this.change({});
    const verdict = judge(this.startedAt, this.view.lastFrameAt, performance.now());
    if (verdict === 'lost') this.lose(null);
    else if (verdict === 'frozen') this.change({ state: 'frozen' });
  }

  private lose(problem: Problem | null): void {
    this.hangUp();
    this.change({ state: 'lost', problem });
    if (this.closed) return;
    const wait = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** this.tries);
    this.tries += 1;
    this.retry = setTimeout(() => void this.connect(), wait * (0.5 + Math.random() / 2));
  }

  private hangUp(): void {
    const { peer, resource } = this;
    this.peer = null;
    this.resource = null;
    peer?.close();
    if (resource !== null) release(resource);
  }
}

/** What the time since the newest frame of this connection means; all times in ms. */
export function judge(
  startedAt: number,
  lastFrameAt: number | null,
  now: number,
): 'fine' | 'frozen' | 'lost' {
  const ofThisConnection = lastFrameAt !== null && lastFrameAt > startedAt;
  if (!ofThisConnection) return now - startedAt > FIRST_FRAME_WITHIN_MS ? 'lost' : 'fine';
  const still = now - lastFrameAt;
  if (still > RESTART_AFTER_MS) return 'lost';
  return still > FROZEN_AFTER_MS ? 'frozen' : 'fine';
}

/** Tell the centre that nobody looks any more; when it does not hear, its own timeout ends the view. */
function release(resource: string): void {
  const { pathname } = new URL(resource, location.origin);
  remove(pathname).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
  });
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, GATHER_AT_MOST_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      done();
    });
  });
}
