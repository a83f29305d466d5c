import { useStore } from 'zustand';
import { mapAsk, stopPicking } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance, formatEta } from '@/shared/time/format';
import { useSituation } from '@/situation/store';
import { type MapLayers, mapLayers, toggleLayer } from './layersStore';
import MapCanvas from './MapCanvas';
import { type Route, useRoute, useRoutePair } from './route';

const LAYERS: readonly (keyof MapLayers)[] = ['units', 'cameras', 'zones', 'follow'];

/** The control room's map: layers, the route of what is selected, and pointing at places. */
export default function DeskMap() {
  const pair = useRoutePair();
  const route = useRoute(pair?.unitId ?? null, pair?.incidentId ?? null);
  return (
    <MapCanvas route={route}>
      <Tools />
      {route && <RouteNote route={route} />}
    </MapCanvas>
  );
}

function Tools() {
  const { t } = useTranslation(DESK);
  const shown = useStore(mapLayers);
  const picking = useStore(mapAsk, (state) => state.picking !== null);
  return (
    <div className="map-tools">
      {LAYERS.map((layer) => (
        <button
          key={layer}
          type="button"
          className="button"
          data-size="small"
          aria-pressed={shown[layer]}
          data-testid={`layer-${layer}`}
          onClick={() => toggleLayer(layer)}
        >
          {t(`map.layer.${layer}`)}
        </button>
      ))}
      {picking && (
        <button
          type="button"
          className="button"
          data-size="small"
          data-kind="primary"
          onClick={stopPicking}
        >
          {t('map.picking')}
        </button>
      )}
    </div>
  );
}

function RouteNote({ route }: { route: Route }) {
  const { t } = useTranslation(DESK);
  const callsign = useSituation(({ picture }) => picture.units[route.unitId]?.callsign ?? '');
  return (
    <p className="map-route" role="status" data-testid="route-note">
      <strong>{callsign}</strong>
      <span>{formatEta(route.duration_s)}</span>
      <span>{formatDistance(route.distance_m)}</span>
      {route.estimated && <span className="tone-caution">{t('map.estimated')}</span>}
    </p>
  );
}
