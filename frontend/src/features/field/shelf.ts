/** The outbox's shelf in the browser: IndexedDB, in the order in which things were put there. */

import type { Item, Shelf } from './outbox';

const NAME = 'nangareko-field';
const STORE = 'outbox';

/** Open the shelf; a browser that refuses storage gets one that lasts as long as the page. */
export async function openShelf(): Promise<Shelf & { lasting: boolean }> {
  try {
    return new IndexedShelf(await openDatabase());
  } catch {
    return new MemoryShelf(); // private windows may refuse IndexedDB; the badge says "no se guarda"
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: 'place', autoIncrement: true });
  };
  return answered(request);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

type Row = Item & { place?: number };

class IndexedShelf implements Shelf {
  readonly lasting = true;
  constructor(private readonly database: IDBDatabase) {}

  async load(): Promise<Item[]> {
    const rows = await answered(this.store('readonly').getAll() as IDBRequest<Row[]>);
    return rows.map(({ place: _place, ...item }) => item);
  }

  async put(item: Item): Promise<void> {
    await answered(this.store('readwrite').add(item));
  }

  async remove(key: string): Promise<void> {
    const store = this.store('readwrite');
    const rows = await answered(store.getAll() as IDBRequest<Row[]>);
    const row = rows.find((one) => one.key === key);
    if (row?.place !== undefined) await answered(store.delete(row.place));
  }

  private store(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }
}

class MemoryShelf implements Shelf {
  readonly lasting = false;
  private items: Item[] = [];
  load = async () => this.items;
  put = async (item: Item) => void this.items.push(item);
  remove = async (key: string) => {
    this.items = this.items.filter((item) => item.key !== key);
  };
}
