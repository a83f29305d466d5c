/** Keeps one MapLibre map equal to the situation: sources are written at most as often as it pays. */

import {
  AttributionControl,
  addProtocol,
  type GeoJSONSource,
  Map as GlMap,
  type LngLatBoundsLike,
  type LngLatLike,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { Protocol } from 'pmtiles';
import { addCorner, mapAsk, moveCorner } from '@/shared/geo/mapBus';
import { serverClock } from '@/shared/time/clock';
import type { Point } from '@/shared/wire/types';
import { type Selected, type SelectedType, select, selection } from '@/situation/selection';
import { type Situation, situation } from '@/situation/store';
import { agencyName, isAgencyLayer } from './agency';
import { BASEMAP_IMAGES, basemapLayers, basemapSource, PLACE_LAYERS } from './basemap';
import { closureFeatures, draftFeatures } from './closures';
import {
  areaFeatures,
  type Collection,
  callFeatures,
  cameraFeatures,
  incidentFeatures,
  markFeatures,
  placeOf,
  reachFeatures,
  selectionFeature,
  unitFeatures,
} from './features';
import { INK, type Look } from './flavors';
import { ensureImage } from './images';
import { type MapLayers, mapLayers } from './layersStore';
import { Overlays } from './overlays';
import { CLOSURE_LAYERS, FIRST_OWN_LAYER, ZONE_LAYERS } from './ownLayers';
import type { Route } from './route';
import { baseStyle, type OwnSource, PICKABLE } from './style';
import 'maplibre-gl/dist/maplibre-gl.css';

/** Positions are redrawn at most this often; ages are looked at anew as often. */
const UNITS_EVERY_MS = 1_000;
const BASEMAP_AGAIN_MS = 15_000;
const PICK_RADIUS_PX = 8;
const CENTRE_ZOOM = 15.5;
const FIT_PADDING_PX = 48;

setWorkerUrl(workerUrl);
/** Reads PMTiles files: the centre's by ranges, and one that is kept on the phone. */
export const pmtiles = new Protocol();
addProtocol('pmtiles', pmtiles.tile);

/** Where the map of this window was looked at last: another look or language begins there. */
let lastView: { center: LngLatLike; zoom: number } | null = null;

export interface EngineOptions {
  container: HTMLElement;
  look: Look;
  language: string;
  centre: [number, number];
  extent: [number, number, number, number] | null;
  attribution: string;
  /** Zoom buttons; a phone zooms with two fingers and needs the room. */
  buttons: boolean;
  /** Texts of the map's own buttons. */
  locale: Record<string, string>;
  /** Where the basemap is read from; null while there is none. */
  findBasemap: () => Promise<string | null>;
  onBasemap: (there: boolean) => void;
  onHover: (hover: Hover | null) => void;
  /** A feature of an agency's layer, or a closed road, was clicked. */
  onFeature?: ((feature: Hover) => void) | undefined;
}

export interface Hover {
  type: SelectedType | 'mark' | 'closure' | 'feature';
  id: string;
  x: number;
  y: number;
  /** What a tile says about a feature of an agency's layer. */
  properties?: Record<string, unknown>;
  layer?: string;
}

export class MapEngine {
  private readonly map: GlMap;
  private readonly ends: (() => void)[] = [];
  private drawn: Situation | null = null;
  private frame = 0;
  private loaded = false;
  private gone = false;
  private based = false;
  private readonly overlays: Overlays;

  constructor(private readonly options: EngineOptions) {
    options.container.dataset.theme = options.look === 'day' ? 'light' : 'dark';
    this.map = new GlMap({
      container: options.container,
      style: baseStyle(location.origin, options.look),
      ...(lastView ?? {
        center: options.centre,
        zoom: 13,
        ...(options.extent ? { bounds: options.extent as LngLatBoundsLike } : {}),
      }),
      fadeDuration: 0,
      attributionControl: false,
      canvasContextAttributes: { antialias: false },
      locale: options.locale,
      dragRotate: false,
      pitchWithRotate: false,
    });
    if (options.buttons)
      this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
    this.map.addControl(
      // Never folded away: the map's data ask for it.
      new AttributionControl({ compact: false, customAttribution: options.attribution }),
      'bottom-right',
    );
    this.overlays = new Overlays(this.map, options.look);
    this.map.on('load', () => this.begin());
    Object.assign(options.container, { map: this.map }); // for end-to-end tests and support
  }

  destroy(): void {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
    // A view of the place where no city is known yet is nobody's choice.
    if (this.options.extent) lastView = { center: this.map.getCenter(), zoom: this.map.getZoom() };
    this.map.remove();
  }

  setRoute(route: Route | null): void {
    const feature = route && {
      type: 'Feature' as const,
      geometry: route.geometry,
      properties: { estimated: route.estimated },
    };
    this.whenLoaded(() =>
      this.write('route', { type: 'FeatureCollection', features: feature ? [feature] : [] }),
    );
  }

  centreOn({ lon, lat }: Point): void {
    this.map.jumpTo({ center: [lon, lat], zoom: Math.max(this.map.getZoom(), CENTRE_ZOOM) });
  }

  /** Show both ends of a walk at once. */
  fit(points: readonly Point[]): void {
    const [lons, lats] = [points.map((one) => one.lon), points.map((one) => one.lat)];
    const bounds: LngLatBoundsLike = [
      [Math.min(...lons), Math.min(...lats)],
      [Math.max(...lons), Math.max(...lats)],
    ];
    const { width, height } = this.map.getCanvas().getBoundingClientRect();
    const padding = Math.min(FIT_PADDING_PX, width / 4, height / 4); // more than the map has room for is NaN
    this.map.fitBounds(bounds, { padding, maxZoom: 16, animate: false });
  }

  private begin(): void {
    this.loaded = true;
    for (const name of ['hatch', 'closure']) this.image(name);
    this.watchStores();
    this.watchHandles();
    this.map.on('click', (event) => this.clicked(event));
    this.map.on('mousemove', (event) => this.hovered(event));
    this.map.on('moveend', () => this.tellView());
    this.tellView();
    this.map.on('mouseout', () => this.options.onHover(null));
    const timer = setInterval(() => this.drawUnits(), UNITS_EVERY_MS);
    this.ends.push(() => clearInterval(timer));
    this.redraw();
    this.drawUnits();
    this.applyLayers(mapLayers.getState());
    void this.lookForBasemap();
  }

  private watchStores(): void {
    const redraw = () => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.redraw());
    };
    let centred = mapAsk.getState().centre?.nonce;
    this.ends.push(
      situation.store.subscribe(redraw),
      selection.subscribe(() => {
        redraw();
        this.drawUnits();
      }),
      mapLayers.subscribe((layers) => this.applyLayers(layers)),
      mapAsk.subscribe(({ centre, picking, drawing, view }, before) => {
        if (view !== before.view) return; // told by this map itself
        redraw();
        this.map.getCanvas().style.cursor = picking || drawing ? 'crosshair' : '';
        if (drawing) this.map.doubleClickZoom.disable();
        else this.map.doubleClickZoom.enable();
        if (centre === null || centre.nonce === centred) return;
        centred = centre.nonce;
        this.centreOn(centre.point);
      }),
    );
  }

  /** Write what changed; positions go their own slower way. */
  private redraw(): void {
    const now = situation.store.getState();
    const { selected } = selection.getState();
    const { marks, drawing, reach } = mapAsk.getState();
    if (now.picture.incidents !== this.drawn?.picture.incidents)
      this.write('incidents', incidentFeatures(now.picture));
    if (now.picture.calls !== this.drawn?.picture.calls)
      this.write('calls', callFeatures(now.picture));
    if (now.picture.cameras !== this.drawn?.picture.cameras)
      this.write('cameras', cameraFeatures(now.picture, now.live));
    if (now.picture.units !== this.drawn?.picture.units) this.drawUnits();
    if (now.picture.closures !== this.drawn?.picture.closures) this.drawClosures();
    if (now.picture.layers !== this.drawn?.picture.layers) this.drawOverlays(now);
    this.drawn = now;
    this.write('reach', reachFeatures(reach));
    this.write('draft', draftFeatures(drawing));
    this.write('marks', markFeatures(marks));
    this.write('areas', areaFeatures(selected, now.picture, now.live, marks));
    this.write('selection', selectionFeature(placeOf(selected, now.picture, now.live)));
  }

  private drawUnits(): void {
    if (!this.loaded) return;
    const { picture, live } = situation.now;
    this.write('units', unitFeatures(picture, live, serverClock.now()));
    this.write('cameras', cameraFeatures(picture, live));
    this.drawClosures();
    this.follow(selection.getState().selected);
  }

  private tellView(): void {
    const { lng, lat } = this.map.getCenter().wrap();
    mapAsk.setState({ view: { lon: lng, lat } });
  }

  /** Closures grow old, begin and end by the clock. */
  private drawClosures(): void {
    const { closures } = situation.now.picture;
    this.write('closures', closureFeatures(Object.values(closures), serverClock.now()));
  }

  private drawOverlays({ picture }: Situation): void {
    this.overlays.sync(picture.layers, mapLayers.getState().agency);
  }

  private image(name: string): void {
    ensureImage(this.map, name, INK[this.options.look]);
  }

  /** A corner of the drawing follows the pointer until it is let go. */
  private watchHandles(): void {
    let held: number | null = null;
    this.map.on('mousedown', 'draft-handles', (event) => {
      const index = event.features?.[0]?.properties?.index;
      if (typeof index !== 'number' || mapAsk.getState().drawing === null) return;
      event.preventDefault(); // the map itself stays where it is
      held = index;
    });
    this.map.on('mousemove', ({ lngLat }) => {
      if (held !== null) moveCorner(held, { lon: lngLat.lng, lat: lngLat.lat });
    });
    const letGo = () => {
      held = null;
    };
    window.addEventListener('mouseup', letGo);
    this.ends.push(() => window.removeEventListener('mouseup', letGo));
  }

  private follow(selected: Selected): void {
    if (!mapLayers.getState().follow || selected?.type !== 'unit') return;
    const at = placeOf(selected, situation.now.picture, situation.now.live);
    if (at) this.map.jumpTo({ center: [at.lon, at.lat] });
  }

  private readonly written = new Map<OwnSource, string>();

  private write(source: OwnSource, data: Collection): void {
    const text = JSON.stringify(data);
    if (this.written.get(source) === text) return;
    this.written.set(source, text);
    for (const { properties } of data.features)
      if (typeof properties?.image === 'string') this.image(properties.image);
    if (source === 'calls') this.image('call');
    if (source === 'marks') this.image('pin');
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(data as GeoJSON.GeoJSON);
  }

  private applyLayers({ zones, cameras, units, closures, places }: MapLayers): void {
    const show = (layer: string, visible: boolean) =>
      this.map.setLayoutProperty(layer, 'visibility', visible ? 'visible' : 'none');
    for (const layer of ZONE_LAYERS) {
      show(layer, zones.length > 0);
      this.map.setFilter(layer, ['in', ['get', 'kind'], ['literal', [...zones]]]);
    }
    for (const layer of CLOSURE_LAYERS) show(layer, closures);
    if (this.based) for (const layer of PLACE_LAYERS) show(layer, places);
    show('cameras', cameras);
    show('units', units);
    this.drawOverlays(situation.now);
  }

  private pick({ point }: MapMouseEvent): Hover | null {
    const [x, y, r] = [point.x, point.y, PICK_RADIUS_PX];
    const order = [...PICKABLE, ...CLOSURE_LAYERS, ...this.overlays.pickable];
    const found = this.map.queryRenderedFeatures(
      [
        [x - r, y - r],
        [x + r, y + r],
      ],
      { layers: order },
    );
    const best = order.flatMap((layer) => found.filter((one) => one.layer.id === layer))[0];
    if (best === undefined) return null;
    const { properties, layer } = best;
    if (isAgencyLayer(layer.id))
      return {
        type: 'feature',
        id: String(best.id),
        x,
        y,
        properties,
        layer: agencyName(layer.id),
      };
    const { type, id } = properties as { type: Hover['type']; id: string };
    return { type, id, x, y };
  }

  private clicked(event: MapMouseEvent): void {
    const { picking, drawing } = mapAsk.getState();
    const { lng, lat } = event.lngLat.wrap();
    if (picking !== null) return picking({ lon: lng, lat });
    if (drawing !== null) return this.drew({ lon: lng, lat }, event);
    const hit = this.pick(event);
    if (hit === null || hit.type === 'mark') return;
    if (hit.type === 'feature' || hit.type === 'closure') this.options.onFeature?.(hit);
    else select({ type: hit.type, id: hit.id });
  }

  /** A click on a corner that is there is a grip, not another corner. */
  private drew(point: Point, event: MapMouseEvent): void {
    const onHandle = this.map.queryRenderedFeatures(event.point, { layers: ['draft-handles'] });
    if (onHandle.length === 0) addCorner(point);
  }

  private hovered(event: MapMouseEvent): void {
    const { picking, drawing } = mapAsk.getState();
    const busy = picking !== null || drawing !== null;
    const hit = busy ? null : this.pick(event);
    this.options.onHover(hit);
    if (!busy) this.map.getCanvas().style.cursor = hit ? 'pointer' : '';
  }

  private whenLoaded(run: () => void): void {
    if (this.loaded) run();
    else this.map.once('load', run);
  }

  /** Put the basemap below our layers as soon as the centre has one; say so until then. */
  private async lookForBasemap(): Promise<void> {
    const url = await this.options.findBasemap();
    if (this.gone) return;
    this.options.onBasemap(url !== null);
    if (url === null) {
      const timer = setTimeout(() => void this.lookForBasemap(), BASEMAP_AGAIN_MS);
      this.ends.push(() => clearTimeout(timer));
      return;
    }
    const { look, language } = this.options;
    for (const name of BASEMAP_IMAGES) this.image(name);
    this.map.addSource('basemap', basemapSource(url, ''));
    for (const layer of basemapLayers(look, language)) this.map.addLayer(layer, FIRST_OWN_LAYER);
    this.based = true;
    this.applyLayers(mapLayers.getState());
  }
}

/** The centre's own basemap, when it answers and has one. */
export async function centreBasemap(): Promise<string | null> {
  try {
    // A byte range and not HEAD: it also proves that the centre serves ranges, which PMTiles needs.
    const answer = await fetch('/tiles/basemap.pmtiles', { headers: { Range: 'bytes=0-126' } });
    return answer.status === 206 ? `pmtiles://${location.origin}/tiles/basemap.pmtiles` : null;
  } catch {
    return null; // unreachable: looked for again later, the map works without
  }
}
