/**
 * Keeps the responder's page on the phone: a reload without network opens it with its outbox.
 * Only the page and its built files; never an answer of the centre (/api, /ws, /tiles).
 */

const STORE = 'nangareko-field-1';
const PAGE = '/field';
const BUILT = /^\/(assets|fonts)\/|^\/(icon\.svg|field\.webmanifest)$/;
/** A page that has not come by then is taken from the phone: one bar of signal is not a network. */
const PATIENCE_MS = 4000;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(page(request));
  else if (BUILT.test(url.pathname)) event.respondWith(built(request));
});

/** The page names the built files that it came with: they were loaded before this worker ruled. */
self.addEventListener('message', (event) => {
  const wanted = Array.isArray(event.data?.keep) ? event.data.keep : [];
  event.waitUntil(keep(wanted.filter((path) => path === PAGE || BUILT.test(path))));
});

async function keep(paths) {
  const store = await caches.open(STORE);
  for (const path of paths) {
    if (await store.match(path, { ignoreVary: true })) continue;
    const answer = await fetch(path).catch(() => null);
    if (answer?.ok) await store.put(path, answer);
  }
}

/** The newest page while the network gives one in time, else the kept one. */
async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) await replace(answer.clone());
    return answer;
  } catch (error) {
    const kept = await (await caches.open(STORE)).match(PAGE, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** A page that differs belongs to a new build: the old build's files go with the old page. */
async function replace(answer) {
  let store = await caches.open(STORE);
  const kept = await store.match(PAGE, { ignoreVary: true });
  const text = await answer.clone().text();
  if (kept && (await kept.text()) === text) return;
  await caches.delete(STORE);
  store = await caches.open(STORE);
  await store.put(PAGE, answer);
}

/** Built files carry their content in their name: a kept one is never out of date. */
async function built(request) {
  const store = await caches.open(STORE);
  // One text for every asker, whatever headers the answer varies by.
  const kept = await store.match(request.url, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) await store.put(request, answer.clone());
  return answer;
}
