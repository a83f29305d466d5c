import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { mapAsk, stopDrawing, stopPicking } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Guard } from '@/shared/ui/panel';
import { useSituation } from '@/situation/store';
import type { Hover } from './engine';
import { FeatureCard } from './FeatureCard';
import { HoverCard } from './HoverCard';
import { mapLayers, toggleLayer } from './layersStore';
import MapCanvas from './MapCanvas';
import { RouteNote } from './RouteNote';
import { useRoute, useRoutePair } from './route';

const LayersPanel = lazy(() => import('./LayersPanel'));
const ClosuresPanel = lazy(() => import('@/features/closures/ClosuresPanel'));
const ReachPanel = lazy(() => import('@/features/reach/ReachPanel'));

const PANELS = ['layers', 'closures', 'reach'] as const;
type PanelName = (typeof PANELS)[number];

/** The control room's map: layers, closed roads, reach, the route of what is selected. */
export default function DeskMap() {
  const pair = useRoutePair();
  const route = useRoute(pair?.unitId ?? null, pair?.incidentId ?? null);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [feature, setFeature] = useState<Hover | null>(null);
  const close = () => {
    stopDrawing();
    setPanel(null);
  };
  return (
    <MapCanvas route={route} onFeature={setFeature} card={HoverCard}>
      <Tools shown={panel} onShow={(next) => (next === panel ? close() : setPanel(next))} />
      {panel && (
        <div className="map-panel" data-testid={`map-panel-${panel}`}>
          <Guard>
            <Suspense fallback={null}>
              {panel === 'layers' && <LayersPanel onClose={close} />}
              {panel === 'closures' && <ClosuresPanel onClose={close} />}
              {panel === 'reach' && <ReachPanel onClose={close} />}
            </Suspense>
          </Guard>
        </div>
      )}
      {feature && <FeatureCard feature={feature} onClose={() => setFeature(null)} />}
      {route && <RouteNote route={route} />}
    </MapCanvas>
  );
}

interface ToolsProps {
  shown: PanelName | null;
  onShow: (panel: PanelName) => void;
}

function Tools({ shown, onShow }: ToolsProps) {
  const { t } = useTranslation(DESK);
  const follow = useStore(mapLayers, (state) => state.follow);
  const picking = useStore(mapAsk, (state) => state.picking !== null);
  const closures = useSituation(({ picture }) => Object.keys(picture.closures).length);
  return (
    <div className="map-tools" role="toolbar" aria-label={t('tools.label')}>
      {PANELS.map((name) => (
        <button
          key={name}
          type="button"
          className="button"
          data-size="small"
          aria-expanded={shown === name}
          data-alert={name === 'closures' && closures > 0}
          data-testid={`tool-${name}`}
          onClick={() => onShow(name)}
        >
          {t(`tools.${name}`, { count: closures })}
        </button>
      ))}
      <button
        type="button"
        className="button"
        data-size="small"
        aria-pressed={follow}
        data-testid="layer-follow"
        onClick={() => toggleLayer('follow')}
      >
        {t('tools.follow')}
      </button>
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
