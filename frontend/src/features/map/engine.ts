/** Keeps one MapLibre map equal to the situation: sources are written at most as often as it pays. */

import {
  AttributionControl,
  addProtocol,
  type GeoJSONSource,
  Map as GlMap,
  type LngLatBoundsLike,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { Protocol } from 'pmtiles';
import { mapAsk } from '@/shared/geo/mapBus';
import { serverClock } from '@/shared/time/clock';
import type { Point } from '@/shared/wire/types';
import { type Selected, type SelectedType, select, selection } from '@/situation/selection';
import { type Situation, situation } from '@/situation/store';
import {
  areaFeatures,
  type Collection,
  callFeatures,
  cameraFeatures,
  incidentFeatures,
  markFeatures,
  placeOf,
  selectionFeature,
  unitFeatures,
} from './features';
import { ensureImage } from './images';
import { type MapLayers, mapLayers } from './layersStore';
import type { Route } from './route';
import {
  basemapLayers,
  basemapSource,
  baseStyle,
  FIRST_OWN_LAYER,
  type MapTheme,
  type OwnSource,
  PICKABLE,
} from './style';
import 'maplibre-gl/dist/maplibre-gl.css';

/** Positions are redrawn at most this often; ages are looked at anew as often. */
const UNITS_EVERY_MS = 1_000;
const BASEMAP_AGAIN_MS = 15_000;
const PICK_RADIUS_PX = 8;
const CENTRE_ZOOM = 15.5;
const FIT_PADDING_PX = 48;

setWorkerUrl(workerUrl);
addProtocol('pmtiles', new Protocol().tile);

export interface EngineOptions {
  container: HTMLElement;
  theme: MapTheme;
  language: string;
  centre: [number, number];
  extent: [number, number, number, number] | null;
  attribution: string;
  /** Zoom buttons; a phone zooms with two fingers and needs the room. */
  buttons: boolean;
  /** Texts of the map's own buttons. */
  locale: Record<string, string>;
  onBasemap: (there: boolean) => void;
  onHover: (hover: Hover | null) => void;
}

export interface Hover {
  type: SelectedType | 'mark';
  id: string;
  x: number;
  y: number;
}

export class MapEngine {
  private readonly map: GlMap;
  private readonly ends: (() => void)[] = [];
  private drawn: Situation | null = null;
  private frame = 0;
  private loaded = false;
  private gone = false;

  constructor(private readonly options: EngineOptions) {
    this.map = new GlMap({
      container: options.container,
      style: baseStyle(location.origin, options.theme),
      center: options.centre,
      zoom: 13,
      ...(options.extent ? { bounds: options.extent as LngLatBoundsLike } : {}),
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
      new AttributionControl({ compact: true, customAttribution: options.attribution }),
      'bottom-right',
    );
    this.map.on('load', () => this.begin());
    Object.assign(options.container, { map: this.map }); // for end-to-end tests and support
  }

  destroy(): void {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    for (const end of this.ends) end();
    this.map.remove();
  }

  setRoute(route: Route | null): void {
    const feature = route && {
      type: 'Feature' as const,
      geometry: route.geometry,
      properties: {},
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
    this.watchStores();
    this.map.on('click', (event) => this.clicked(event));
    this.map.on('mousemove', (event) => this.hovered(event));
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
      mapAsk.subscribe(({ centre, picking }) => {
        redraw();
        this.map.getCanvas().style.cursor = picking ? 'crosshair' : '';
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
    const { marks } = mapAsk.getState();
    if (now.picture.incidents !== this.drawn?.picture.incidents)
      this.write('incidents', incidentFeatures(now.picture));
    if (now.picture.calls !== this.drawn?.picture.calls)
      this.write('calls', callFeatures(now.picture));
    if (now.picture.cameras !== this.drawn?.picture.cameras)
      this.write('cameras', cameraFeatures(now.picture, now.live));
    if (now.picture.units !== this.drawn?.picture.units) this.drawUnits();
    this.drawn = now;
    this.write('marks', markFeatures(marks));
    this.write('areas', areaFeatures(selected, now.picture, now.live, marks));
    this.write('selection', selectionFeature(placeOf(selected, now.picture, now.live)));
  }

  private drawUnits(): void {
    if (!this.loaded) return;
    const { picture, live } = situation.now;
    this.write('units', unitFeatures(picture, live, serverClock.now()));
    this.write('cameras', cameraFeatures(picture, live));
    this.follow(selection.getState().selected);
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
      if (typeof properties?.image === 'string') ensureImage(this.map, properties.image);
    if (source === 'calls') ensureImage(this.map, 'call');
    if (source === 'marks') ensureImage(this.map, 'pin');
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(data as GeoJSON.GeoJSON);
  }

  private applyLayers({ zones, cameras, units }: MapLayers): void {
    const show = (layer: string, visible: boolean) =>
      this.map.setLayoutProperty(layer, 'visibility', visible ? 'visible' : 'none');
    for (const layer of ['zones-fill', 'zones-line', 'zones-label']) show(layer, zones);
    show('cameras', cameras);
    show('units', units);
  }

  private pick({ point }: MapMouseEvent): Hover | null {
    const [x, y, r] = [point.x, point.y, PICK_RADIUS_PX];
    const found = this.map.queryRenderedFeatures(
      [
        [x - r, y - r],
        [x + r, y + r],
      ],
      { layers: [...PICKABLE] },
    );
    const best = PICKABLE.flatMap((layer) => found.filter((one) => one.layer.id === layer))[0];
    if (best === undefined) return null;
    const { type, id } = best.properties as { type: Hover['type']; id: string };
    return { type, id, x, y };
  }

  private clicked(event: MapMouseEvent): void {
    const { picking } = mapAsk.getState();
    const { lng, lat } = event.lngLat.wrap();
    if (picking !== null) return picking({ lon: lng, lat });
    const hit = this.pick(event);
    if (hit !== null && hit.type !== 'mark') select({ type: hit.type, id: hit.id });
  }

  private hovered(event: MapMouseEvent): void {
    const hit = mapAsk.getState().picking === null ? this.pick(event) : null;
    this.options.onHover(hit);
    if (mapAsk.getState().picking === null)
      this.map.getCanvas().style.cursor = hit ? 'pointer' : '';
  }

  private whenLoaded(run: () => void): void {
    if (this.loaded) run();
    else this.map.once('load', run);
  }

  /** Put the basemap below our layers as soon as the centre has one; say so until then. */
  private async lookForBasemap(): Promise<void> {
    const there = await basemapThere();
    if (this.gone) return;
    this.options.onBasemap(there);
    if (!there) {
      const timer = setTimeout(() => void this.lookForBasemap(), BASEMAP_AGAIN_MS);
      this.ends.push(() => clearTimeout(timer));
      return;
    }
    this.map.addSource('basemap', basemapSource(location.origin, ''));
    for (const layer of basemapLayers(this.options.theme, this.options.language))
      this.map.addLayer(layer, FIRST_OWN_LAYER);
  }
}

async function basemapThere(): Promise<boolean> {
  try {
    // A byte range and not HEAD: it also proves that the centre serves ranges, which PMTiles needs.
    const answer = await fetch('/tiles/basemap.pmtiles', { headers: { Range: 'bytes=0-126' } });
    return answer.status === 206;
  } catch {
    return false; // unreachable: looked for again later, the map works without
  }
}
