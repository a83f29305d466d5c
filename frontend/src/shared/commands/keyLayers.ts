/** Single keys that belong to what is on screen now: the panel that opened last is asked first. */

import { useEffect, useRef } from 'react';

type Layer = (key: string) => boolean;

const layers: Layer[] = [];

/** Let the open panels have the key; true when one of them took it. */
export function offerKey(key: string): boolean {
  return layers.toReversed().some((layer) => layer(key));
}

/** Take keys while mounted and `on`; `layer` says whether it used the key. */
export function useKeyLayer(layer: Layer, on = true): void {
  const latest = useRef(layer);
  latest.current = layer;
  useEffect(() => {
    if (!on) return;
    const mine: Layer = (key) => latest.current(key);
    layers.push(mine);
    return () => void layers.splice(layers.indexOf(mine), 1);
  }, [on]);
}
