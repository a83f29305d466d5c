// @vitest-environment node
import type { LayerSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import { describe, expect, it } from 'vitest';
import { aLayer } from '@/shared/testing/builders';
import { contrast } from '@/shared/testing/contrast';
import { agencyLayers } from './agency';
import { BASEMAP_IMAGES, basemapLayers, PLACE_LAYERS } from './basemap';
import { FLAVORS, INK, LOOKS } from './flavors';
import { lookOf } from './mapStyle';
import { baseStyle, OWN_SOURCES } from './style';

const TEXT_AT_LEAST = 4.5;
const MARK_AT_LEAST = 3;
/** What a street's name is written on: its own fill, its neighbours, and what lies beside it. */
const STREET_GROUNDS = [
  'earth',
  'minor_a',
  'minor_b',
  'minor_service',
  'other',
  'link',
  'major',
  'highway',
  'bridges_minor',
  'bridges_major',
  'bridges_highway',
  'tunnel_minor',
  'tunnel_major',
  'buildings',
  'pedestrian',
  'park_a',
  'park_b',
  'wood_a',
  'hospital',
  'school',
  'industrial',
] as const;
const LAND = ['earth', 'buildings', 'park_a', 'wood_a', 'hospital', 'school'] as const;

describe.each(LOOKS)('the look %s', (look) => {
  const flavor = FLAVORS[look];
  const ink = INK[look];
  const tooLow = (text: string, grounds: readonly (keyof typeof flavor)[], least = TEXT_AT_LEAST) =>
    grounds
      .map((ground) => [ground, contrast(text, String(flavor[ground]))] as const)
      .filter(([, ratio]) => ratio < least)
      .map(([ground, ratio]) => `${String(ground)} ${ratio.toFixed(2)}`);

  it('keeps street names readable on every street and on all that lies beside them', () => {
    expect(tooLow(flavor.roads_label_minor, STREET_GROUNDS)).toEqual([]);
    expect(tooLow(flavor.roads_label_major, STREET_GROUNDS)).toEqual([]);
  });

  it('keeps house numbers, barrios and cities readable on land', () => {
    for (const text of [flavor.address_label, flavor.subplace_label, flavor.city_label])
      expect(tooLow(text, LAND)).toEqual([]);
    expect(tooLow(flavor.ocean_label, ['water'])).toEqual([]);
  });

  it('keeps its own words readable, each on its halo as well', () => {
    for (const text of [
      ink.text,
      ink.dim,
      ink.closure,
      ink.hospital,
      ink.police,
      ink.fire,
      ink.place,
    ]) {
      expect([text, tooLow(text, LAND)]).toEqual([text, []]);
      expect(contrast(text, ink.halo)).toBeGreaterThanOrEqual(TEXT_AT_LEAST);
    }
    for (const band of ink.bands) expect(tooLow(band, LAND)).toEqual([]);
    expect(contrast(ink.shieldText, ink.shield)).toBeGreaterThanOrEqual(TEXT_AT_LEAST);
  });

  it('keeps arrows and routes to be seen on the streets, and a closed road by its own two colours', () => {
    const streets = ['minor_a', 'major', 'highway', 'earth'] as const;
    expect(tooLow(ink.route, streets, MARK_AT_LEAST)).toEqual([]);
    expect(tooLow(ink.arrow, ['minor_a'], MARK_AT_LEAST)).toEqual([]);
    expect(contrast(ink.closure, ink.halo)).toBeGreaterThanOrEqual(TEXT_AT_LEAST);
  });

  it('draws house numbers, one-way arrows, road plates, barrios and the places that matter', () => {
    const drawn = basemapLayers(look, 'gn');
    const symbol = (id: string) => drawn.find((one) => one.id === id) as SymbolLayerSpecification;
    expect(symbol('address_label').layout?.['text-field']).toEqual(['get', 'addr_housenumber']);
    expect(symbol('roads_oneway').layout?.['icon-image']).toBe('arrow');
    expect(symbol('roads_shields').layout?.['text-field']).toEqual(['get', 'shield_text']);
    expect(JSON.stringify(symbol('places_subplace').layout?.['text-field'])).toContain('name:gn');
    expect(JSON.stringify(symbol('roads_labels_minor').layout?.['text-field'])).toContain(
      'name:gn',
    );
    for (const id of PLACE_LAYERS) expect(symbol(id)['source-layer']).toBe('pois');
    for (const kind of ['hospital', 'police', 'fire_station', 'clinic'])
      expect(JSON.stringify(symbol('pois_critical').filter)).toContain(kind);
  });

  it('asks for no image that is not drawn here, and for nothing outside its own sources', () => {
    const wanted = JSON.stringify(basemapLayers(look, 'es').map((one) => imageOf(one))).match(
      /poi-\w+|arrow|shield/g,
    );
    expect((wanted ?? []).filter((name) => !BASEMAP_IMAGES.includes(name as 'arrow'))).toEqual([]);
    const style = baseStyle('http://centre', look);
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    const sources = new Set(['zones', ...OWN_SOURCES]);
    const used = style.layers.map((one) => ('source' in one ? one.source : 'zones'));
    expect(used.filter((source) => !sources.has(source as 'units'))).toEqual([]);
    expect(new Set(style.layers.map(({ id }) => id)).size).toBe(style.layers.length);
  });

  it('draws an agency layer from its own tiles, each version under its own address', () => {
    const ids = agencyLayers(aLayer(), look).map(({ id }) => id);
    expect(ids).toEqual([
      'agency:hidrantes:fill',
      'agency:hidrantes:line',
      'agency:hidrantes:point',
      'agency:hidrantes:label',
    ]);
  });
});

const imageOf = (layer: LayerSpecification): unknown =>
  layer.type === 'symbol' ? layer.layout?.['icon-image'] : undefined;

it('follows the theme until the person chooses', () => {
  expect([lookOf('theme', 'dark'), lookOf('theme', 'light'), lookOf('contrast', 'dark')]).toEqual([
    'night',
    'day',
    'contrast',
  ]);
});
