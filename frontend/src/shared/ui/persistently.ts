/** Loading a part of a page that comes later than the page. */

const RETRY_MS = 3_000;
const TRIES_ONLINE = 3;

/** Ask until it is there: without network a part is late, and that is no fault of the page. */
export async function persistently<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries = navigator.onLine ? tries + 1 : 1) {
    try {
      return await load();
    } catch (error) {
      if (navigator.onLine && tries >= TRIES_ONLINE) throw error;
      await networkOrLater();
    }
  }
}

const networkOrLater = () =>
  new Promise<unknown>((resolve) => {
    addEventListener('online', resolve, { once: true });
    setTimeout(resolve, RETRY_MS);
  });
