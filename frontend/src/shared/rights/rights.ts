/** What the signed-in person may do; the centre checks again, this only keeps useless buttons away. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

const rights = createStore<{ permissions: readonly string[] }>(() => ({ permissions: [] }));

export function setRights(permissions: readonly string[]): void {
  rights.setState({ permissions });
}

export const useMay = (permission: string): boolean =>
  useStore(rights, (state) => state.permissions.includes(permission));
