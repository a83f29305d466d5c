/** Keeps the agencies' layers on the map equal to the picture and to what the person wants to see. */

import type { Map as GlMap } from 'maplibre-gl';
import type { Layer, Picture } from '@/shared/wire/types';
import { agencyLayers, agencySource, agencyTiles } from './agency';
import type { Look } from './flavors';
import { ABOVE_AGENCIES } from './ownLayers';

/** Kinds that the map draws by other means: zones have switches of their own. */
export const isOverlay = (layer: Layer): boolean =>
  layer.published !== null && layer.kind !== 'zone';

export class Overlays {
  private readonly drawn = new Map<string, number>();

  constructor(
    private readonly map: GlMap,
    private readonly look: Look,
  ) {}

  /** Add what is wanted, replace what has another version, remove the rest. */
  sync(layers: Picture['layers'], shown: readonly string[]): void {
    const wanted = new Map(
      Object.values(layers)
        .filter((layer) => isOverlay(layer) && shown.includes(layer.name))
        .map((layer) => [layer.name, layer]),
    );
    for (const [name, version] of this.drawn)
      if (wanted.get(name)?.version !== version) this.remove(name);
    for (const [name, layer] of wanted) if (!this.drawn.has(name)) this.add(layer);
  }

  /** Ids of the layers that can be pointed at, the topmost first. */
  get pickable(): string[] {
    return [...this.drawn.keys()].flatMap((name) =>
      ['point', 'line', 'fill'].map((part) => `${agencySource(name)}:${part}`),
    );
  }

  private add(layer: Layer): void {
    this.map.addSource(agencySource(layer.name), agencyTiles(layer, location.origin));
    for (const spec of agencyLayers(layer, this.look)) this.map.addLayer(spec, ABOVE_AGENCIES);
    this.drawn.set(layer.name, layer.version);
  }

  private remove(name: string): void {
    const source = agencySource(name);
    for (const part of ['fill', 'line', 'point', 'label'])
      if (this.map.getLayer(`${source}:${part}`)) this.map.removeLayer(`${source}:${part}`);
    this.map.removeSource(source);
    this.drawn.delete(name);
  }
}
