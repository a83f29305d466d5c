import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { get, Problem } from '@/shared/api/client';
import { centreOn } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { formatAge } from '@/shared/time/format';
import { Failure } from '@/shared/ui/panel';
import type { Layer, Zone } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import { colourOfKind } from './agency';
import { INK } from './flavors';
import { mapLayers, type Switch, toggleLayer, toggleListed } from './layersStore';
import { chooseLook, LOOK_CHOICES, useLook, useLookChoice } from './mapStyle';
import { isOverlay } from './overlays';
import { PanelHead } from './PanelHead';

const SWITCHES: readonly Switch[] = ['units', 'cameras', 'closures', 'places'];

/** What the map shows, in words and switches: its look, the centre's layers, zones, the agencies'. */
export default function LayersPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(DESK);
  return (
    <section aria-label={t('layers.title')}>
      <PanelHead title={t('layers.title')} onClose={onClose} />
      <div className="map-panel-body">
        <Looks />
        <CentreLayers />
        <ZoneKinds />
        <AgencyLayers />
      </div>
    </section>
  );
}

function Looks() {
  const { t } = useTranslation(DESK);
  const chosen = useLookChoice();
  return (
    <fieldset className="map-choice" data-wide="true">
      <legend>{t('look.title')}</legend>
      {LOOK_CHOICES.map((look) => (
        <label key={look}>
          <input
            type="radio"
            name="map-look"
            checked={chosen === look}
            data-testid={`look-${look}`}
            onChange={() => chooseLook(look)}
          />
          {t(`look.${look}`)}
        </label>
      ))}
    </fieldset>
  );
}

function CentreLayers() {
  const { t } = useTranslation(DESK);
  const shown = useStore(mapLayers);
  return (
    <fieldset className="map-choice">
      <legend>{t('layers.centre')}</legend>
      {SWITCHES.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={shown[name]}
            data-testid={`layer-${name}`}
            onChange={() => toggleLayer(name)}
          />
          {t(`layers.${name as 'units'}`)}
        </label>
      ))}
    </fieldset>
  );
}

function ZoneKinds() {
  const { t } = useTranslation(DESK);
  const shown = useStore(mapLayers, (state) => state.zones);
  const { kinds, problem, retry } = useZoneKinds();
  return (
    <fieldset className="map-choice">
      <legend>{t('layers.zones')}</legend>
      {problem && <Failure problem={problem} retry={retry} />}
      {kinds?.length === 0 && <p className="muted">{t('layers.zonesNone')}</p>}
      {kinds?.map(([kind, count]) => (
        <label key={kind}>
          <input
            type="checkbox"
            checked={shown.includes(kind)}
            data-testid={`zones-${kind}`}
            onChange={() => toggleListed('zones', kind)}
          />
          {t(`zoneKind.${kind as 'barrio'}`, { defaultValue: kind })}
          <span className="muted dense">{count}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The kinds of zones there are, and how many of each. */
function useZoneKinds() {
  const [kinds, setKinds] = useState<[string, number][] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again is what `asked` is for
  useEffect(() => {
    const stop = new AbortController();
    setProblem(null);
    get<{ items: Pick<Zone, 'kind'>[] }>('/zones', { signal: stop.signal }).then(
      ({ items }) => {
        const counts = new Map<string, number>();
        for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
        setKinds([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
      },
      (error: unknown) => {
        if (error instanceof Problem) setProblem(error);
        else if (!stop.signal.aborted) throw error;
      },
    );
    return () => stop.abort();
  }, [asked]);
  return { kinds, problem, retry: () => setAsked((times) => times + 1) };
}

function AgencyLayers() {
  const { t } = useTranslation(DESK);
  const layers = useSituation(({ picture }) => picture.layers);
  const own = Object.values(layers)
    .filter(isOverlay)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <fieldset className="map-choice">
      <legend>{t('layers.agency')}</legend>
      {own.length === 0 && <p className="muted">{t('layers.agencyNone')}</p>}
      {own.map((layer) => (
        <AgencyLayer key={layer.id} layer={layer} />
      ))}
    </fieldset>
  );
}

function AgencyLayer({ layer }: { layer: Layer }) {
  const { t } = useTranslation(DESK);
  const look = useLook();
  const shown = useStore(mapLayers, (state) => state.agency.includes(layer.name));
  const ageS = (serverClock.now() - Date.parse(layer.published_at)) / 1_000;
  return (
    <div className="map-agency">
      <label>
        <input
          type="checkbox"
          checked={shown}
          data-testid={`agency-${layer.name}`}
          onChange={() => {
            toggleListed('agency', layer.name);
            if (!shown && layer.bounds) {
              const [west, south, east, north] = layer.bounds;
              centreOn({ lon: (west + east) / 2, lat: (south + north) / 2 });
            }
          }}
        />
        <span
          className="map-swatch"
          style={{ background: colourOfKind(layer.kind, INK[look]) }}
          aria-hidden="true"
        />
        {layer.name}
        <span className="muted dense">
          {t(`layerKind.${layer.kind as 'custom'}`, { defaultValue: layer.kind })}
          {layer.agency ? ` · ${layer.agency}` : ''}
        </span>
      </label>
      <p className="muted dense">
        {t('layers.about', {
          version: layer.published,
          features: layer.features,
          age: formatAge(ageS),
        })}
      </p>
    </div>
  );
}
