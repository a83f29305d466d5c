import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepMap, keptFile, phoneMap, removeMap } from './phoneMap';

const WHOLE = new TextEncoder().encode(`PMTiles${'x'.repeat(93)}`);
const MANIFEST = { etag: '"one"', bytes: WHOLE.length };

/** The browser's private storage as this page uses it; jsdom has none. */
class Folder {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  async getFileHandle(name: string, options?: { create: boolean }) {
    if (!this.files.has(name)) {
      if (!options?.create) throw new DOMException('', 'NotFoundError');
      this.files.set(name, new Uint8Array());
    }
    return {
      getFile: async () => this.file(name),
      createWritable: async (how?: { keepExistingData: boolean }) => this.writable(name, how),
    };
  }

  async removeEntry(name: string) {
    this.files.delete(name);
  }

  private file(name: string) {
    const bytes = this.files.get(name) ?? new Uint8Array();
    const blob = {
      size: bytes.length,
      text: async () => new TextDecoder().decode(bytes),
      stream: () => new Response(bytes).body as ReadableStream,
      slice: (from: number, to: number) => ({
        text: async () => new TextDecoder().decode(bytes.slice(from, to)),
      }),
    };
    return blob as unknown as File;
  }

  private writable(name: string, how?: { keepExistingData: boolean }) {
    let bytes = [...(how?.keepExistingData ? (this.files.get(name) ?? []) : [])];
    const stream = new WritableStream<Uint8Array>({
      write: (part) => {
        bytes = [...bytes, ...part];
      },
      close: () => {
        this.files.set(name, new Uint8Array(bytes));
      },
    });
    return Object.assign(stream, {
      seek: async (to: number) => {
        bytes = bytes.slice(0, to);
      },
      write: async (part: Uint8Array) => {
        bytes = [...bytes, ...part];
      },
      close: async () => {
        this.files.set(name, new Uint8Array(bytes));
      },
    });
  }
}

let folder: Folder;
let ranges: (string | undefined)[];

/** A centre that sends the basemap, at first only `first` bytes of it before the line breaks. */
function centreSends(first: number, whole = WHOLE) {
  let tries = 0;
  vi.stubGlobal('fetch', async (url: string, options: RequestInit = {}) => {
    if (url.endsWith('.json')) return new Response(JSON.stringify(MANIFEST));
    const range = (options.headers as Record<string, string>)?.Range;
    ranges.push(range);
    tries += 1;
    const from = Number(/\d+/.exec(range ?? '0')?.[0]);
    const breaks = tries === 1 && first < whole.length;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(whole.slice(from, breaks ? first : undefined));
      },
      pull(controller) {
        if (breaks) controller.error(new TypeError('network'));
        else controller.close();
      },
    });
    return new Response(body, { status: range === undefined ? 200 : 206 });
  });
}

beforeEach(() => {
  folder = new Folder();
  ranges = [];
  localStorage.clear();
  phoneMap.setState({ kept: null, offered: null, progress: null, trouble: null });
  vi.stubGlobal(
    'FileSystemFileHandle',
    class {
      createWritable() {}
    },
  );
  Object.defineProperty(navigator, 'storage', {
    configurable: true,
    value: { getDirectory: async () => folder, persist: async () => true },
  });
});

afterEach(() => vi.unstubAllGlobals());

it('keeps the whole file and says how large it is and since when', async () => {
  centreSends(WHOLE.length);
  await keepMap();
  expect(phoneMap.getState()).toMatchObject({
    kept: { etag: '"one"', bytes: WHOLE.length },
    progress: null,
    trouble: null,
  });
  expect((await keptFile())?.size).toBe(WHOLE.length);
  await removeMap();
  expect([await keptFile(), folder.files.size]).toEqual([null, 0]);
});

it('goes on where a broken download stopped, and uses nothing before it is whole', async () => {
  centreSends(40);
  await keepMap();
  expect(phoneMap.getState()).toMatchObject({ kept: null, trouble: 'interrupted', progress: null });
  expect(await keptFile()).toBeNull();
  await keepMap();
  expect(ranges).toEqual([undefined, 'bytes=40-']);
  expect([...(folder.files.get('basemap.pmtiles') ?? [])]).toEqual([...WHOLE]);
  expect(phoneMap.getState().trouble).toBeNull();
});

it('does not take a file that is no basemap', async () => {
  centreSends(WHOLE.length, new TextEncoder().encode('<html>'.padEnd(WHOLE.length)));
  await keepMap();
  expect(phoneMap.getState()).toMatchObject({ kept: null, trouble: 'interrupted' });
});

it('notices that the browser has cleared the file away', async () => {
  centreSends(WHOLE.length);
  await keepMap();
  folder.files.clear();
  expect([await keptFile(), phoneMap.getState().kept]).toEqual([null, null]);
});
