/** The city's basemap kept on the phone: one file in the browser's own storage, used before the network. */

import { createStore } from 'zustand/vanilla';
import type { Time } from '@/shared/wire/types';

const TILES = '/tiles/basemap.pmtiles';
const MANIFEST = '/tiles/basemap.json';
const KEPT = 'basemap.pmtiles';
const PART = 'basemap.part';
const NOTE = 'nangareko-phone-map';
const PART_NOTE = 'nangareko-phone-map-part';
const MAGIC = 'PMTiles';
/** Without a byte for so long the download is given up; what came is kept and gone on from. */
const SILENCE_MS = 20_000;

/** What is kept, as of when. */
export interface PhoneMap {
  etag: string;
  bytes: number;
  saved_at: Time;
}

export interface Manifest {
  etag: string;
  bytes: number;
  built_at?: Time | null;
}

export interface PhoneMapState {
  kept: PhoneMap | null;
  /** What the centre has now; null while it is not known. */
  offered: Manifest | null;
  /** 0..1 while it is being fetched. */
  progress: number | null;
  /** Why the last try came to nothing: the reason's key in the words of the page. */
  trouble: 'interrupted' | 'full' | 'unsupported' | null;
}

export const phoneMap = createStore<PhoneMapState>(() => ({
  kept: note<PhoneMap>(NOTE),
  offered: null,
  progress: null,
  trouble: null,
}));

function note<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null;
  } catch {
    return null; // storage refused: then the file cannot be there either
  }
}

const storage = (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();
export const canKeep = (): boolean =>
  typeof navigator.storage?.getDirectory === 'function' &&
  typeof FileSystemFileHandle !== 'undefined' &&
  'createWritable' in FileSystemFileHandle.prototype;

/** The kept file; null when there is none, or the browser has cleared it away. */
export async function keptFile(): Promise<File | null> {
  if (phoneMap.getState().kept === null || !canKeep()) return null;
  try {
    const file = await (await (await storage()).getFileHandle(KEPT)).getFile();
    if (file.size === phoneMap.getState().kept?.bytes) return file;
  } catch {
    // the browser made room for itself: said below, and offered again
  }
  forget();
  return null;
}

function forget(): void {
  localStorage.removeItem(NOTE);
  phoneMap.setState({ kept: null });
}

/** Ask which basemap the centre has, to say whether the kept one is the newest. */
export async function askManifest(): Promise<Manifest | null> {
  try {
    const answer = await fetch(MANIFEST);
    if (!answer.ok) return null;
    const offered = (await answer.json()) as Manifest;
    phoneMap.setState({ offered });
    return offered;
  } catch {
    return null; // no network: the kept one is all there is
  }
}

export async function removeMap(): Promise<void> {
  const folder = await storage();
  forget();
  for (const name of [KEPT, PART]) await folder.removeEntry(name).catch(() => undefined);
  localStorage.removeItem(PART_NOTE);
}

/** Fetch the basemap, going on where an earlier try broke off; what is kept stays until the end. */
export async function keepMap(signal?: AbortSignal): Promise<void> {
  if (!canKeep()) return phoneMap.setState({ trouble: 'unsupported' });
  phoneMap.setState({ progress: 0, trouble: null });
  try {
    void navigator.storage.persist?.();
    const offered = await askManifest();
    if (offered === null) throw new TypeError('no manifest');
    const folder = await storage();
    const part = await folder.getFileHandle(PART, { create: true });
    await fetchInto(part, offered, signal);
    await takeOver(folder, part, offered);
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    phoneMap.setState({ trouble: full ? 'full' : 'interrupted' });
  } finally {
    phoneMap.setState({ progress: null });
  }
}

async function fetchInto(
  part: FileSystemFileHandle,
  offered: Manifest,
  signal?: AbortSignal,
): Promise<void> {
  const same = note<string>(PART_NOTE) === offered.etag;
  const have = same ? (await part.getFile()).size : 0;
  localStorage.setItem(PART_NOTE, JSON.stringify(offered.etag));
  if (have === offered.bytes) return;
  const silence = new AbortController();
  const answer = await fetch(TILES, {
    signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    cache: 'no-store',
    headers: have > 0 ? { Range: `bytes=${have}-`, 'If-Range': offered.etag } : {},
  });
  if (!answer.ok || answer.body === null) throw new TypeError(`status ${answer.status}`);
  const from = answer.status === 206 ? have : 0;
  const file = await part.createWritable({ keepExistingData: from > 0 });
  await file.seek(from);
  try {
    await pour(answer.body, file, silence, (written) =>
      phoneMap.setState({ progress: Math.min(1, (from + written) / offered.bytes) }),
    );
  } finally {
    await file.close(); // what came so far is kept for the next try
  }
}

async function pour(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: FileSystemWritableFileStream,
  silence: AbortController,
  tell: (written: number) => void,
): Promise<void> {
  const reader = body.getReader();
  let written = 0;
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    await file.write(value);
    written += value.byteLength;
    tell(written);
  }
}

/** Only a whole PMTiles file takes the place of the kept one. */
async function takeOver(
  folder: FileSystemDirectoryHandle,
  part: FileSystemFileHandle,
  { etag, bytes }: Manifest,
): Promise<void> {
  const file = await part.getFile();
  const magic = await file.slice(0, MAGIC.length).text();
  if (file.size !== bytes || magic !== MAGIC) {
    localStorage.removeItem(PART_NOTE);
    throw new TypeError('not the whole file');
  }
  const kept = await (await folder.getFileHandle(KEPT, { create: true })).createWritable();
  await file.stream().pipeTo(kept);
  await folder.removeEntry(PART);
  localStorage.removeItem(PART_NOTE);
  const now: PhoneMap = { etag, bytes, saved_at: new Date().toISOString() };
  localStorage.setItem(NOTE, JSON.stringify(now));
  phoneMap.setState({ kept: now });
}
