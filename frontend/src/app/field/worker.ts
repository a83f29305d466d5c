/** Registers the worker that keeps this page on the phone, and tells it which files it came with. */

const WORKER = '/field-worker.js';
const SCOPE = '/field';
/** By then the map and the words have come as well. */
const SETTLED_MS = 5_000;

/** Without a secure origin or a browser that offers workers, the page simply needs the network. */
export async function keepPageOnPhone(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    const { active } = await navigator.serviceWorker.ready;
    const tell = () => active?.postMessage({ keep: [SCOPE, ...loadedFiles()] });
    tell();
    setTimeout(tell, SETTLED_MS);
  } catch {
    // private windows may refuse workers: nothing is lost but the reload without network
  }
}

function loadedFiles(): string[] {
  const urls = performance.getEntriesByType('resource').map((entry) => new URL(entry.name));
  return urls.filter((url) => url.origin === location.origin).map((url) => url.pathname);
}
