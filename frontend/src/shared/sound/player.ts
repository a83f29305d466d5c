/** Plays tunes with Web Audio; says when the browser keeps the sound off until somebody presses. */

import { createStore } from 'zustand/vanilla';
import type { Tune } from '@/shared/sound/tunes';

const STORED = 'nangareko-volume';
const DEFAULT_VOLUME = 0.6;
/** What must be heard is never softer than this; a unit in danger is always at full volume. */
const CRITICAL_FLOOR = 0.4;

interface Note {
  hz: number;
  /** Seconds from the beginning of the tune. */
  at: number;
  lasts: number;
}

const NOTES: Record<Tune, readonly Note[]> = {
  emergency: [0, 0.5].flatMap((at) => [
    { hz: 960, at, lasts: 0.22 },
    { hz: 720, at: at + 0.25, lasts: 0.22 },
  ]),
  critical: [587, 740, 880].map((hz, step) => ({ hz, at: step * 0.2, lasts: 0.18 })),
  serious: [
    { hz: 660, at: 0, lasts: 0.15 },
    { hz: 523, at: 0.18, lasts: 0.15 },
  ],
  call: [
    { hz: 784, at: 0, lasts: 0.1 },
    { hz: 784, at: 0.16, lasts: 0.1 },
  ],
  lost: [{ hz: 196, at: 0, lasts: 0.6 }],
};

export type SoundState = 'none' | 'suspended' | 'running';

export const sound = createStore<{ state: SoundState; volume: number; played: number }>(() => ({
  state: 'none',
  volume: storedVolume(),
  played: 0,
}));

function storedVolume(): number {
  try {
    const text = localStorage.getItem(STORED);
    const volume = text === null ? DEFAULT_VOLUME : Number(text);
    return volume >= 0 && volume <= 1 ? volume : DEFAULT_VOLUME;
  } catch {
    return DEFAULT_VOLUME; // storage refused by the browser
  }
}

export function setVolume(volume: number): void {
  sound.setState({ volume });
  try {
    localStorage.setItem(STORED, String(volume));
  } catch {
    // storage refused by the browser: the volume lasts as long as the page
  }
}

export function volumeOf(tune: Tune, chosen: number): number {
  if (tune === 'emergency') return 1;
  return tune === 'critical' ? Math.max(chosen, CRITICAL_FLOOR) : chosen;
}

let context: AudioContext | null = null;

/** Make ready to play; the first press of anything lifts the browser's ban. */
export function startSound(): void {
  if (context !== null || typeof AudioContext === 'undefined') return;
  context = new AudioContext();
  const tell = () =>
    sound.setState({ state: context?.state === 'running' ? 'running' : 'suspended' });
  context.addEventListener('statechange', tell);
  for (const press of ['pointerdown', 'keydown'])
    window.addEventListener(press, () => void resumeSound(), { capture: true, passive: true });
  tell();
  void resumeSound();
}

export async function resumeSound(): Promise<void> {
  if (context === null || context.state === 'running') return;
  await context.resume().catch(() => undefined); // refused until a person presses: shown as off
}

/** Play now; does nothing while the sound is off, which the top bar says. */
export function play(tune: Tune): void {
  if (context === null || context.state !== 'running') return;
  sound.setState(({ played }) => ({ played: played + 1 }));
  const loudness = volumeOf(tune, sound.getState().volume);
  if (loudness > 0) for (const note of NOTES[tune]) sing(context, note, loudness);
}

const RISE_S = 0.01;
/** Several notes at once must not clip. */
const HEADROOM = 0.5;

function sing(audio: AudioContext, { hz, at, lasts }: Note, loudness: number): void {
  const [from, until] = [audio.currentTime + at, audio.currentTime + at + lasts];
  const voice = audio.createOscillator();
  const gain = audio.createGain();
  voice.type = 'triangle';
  voice.frequency.value = hz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loudness * HEADROOM, from + RISE_S);
  gain.gain.setValueAtTime(loudness * HEADROOM, until - RISE_S);
  gain.gain.linearRampToValueAtTime(0, until);
  voice.connect(gain).connect(audio.destination);
  voice.start(from);
  voice.stop(until);
}
