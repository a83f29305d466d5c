import { type ComponentType, type ReactNode, useEffect, useRef, useState } from 'react';
import { useReference } from '@/shared/api/reference';
import { useTranslation } from '@/shared/i18n/i18n';
import type { Theme } from '@/shared/theme/theme';
import type { Point } from '@/shared/wire/types';
import { centreBasemap, type Hover, MapEngine } from './engine';
import { lookOf, useLookChoice } from './mapStyle';
import type { Route } from './route';
import './map.css';

/** Until the city is known: Asunción. */
const FALLBACK_CENTRE: [number, number] = [-57.6, -25.29];

interface MapCanvasProps {
  /** The theme of the page: the map's look where the person chose no other. */
  theme?: Theme;
  buttons?: boolean;
  findBasemap?: () => Promise<string | null>;
  onFeature?: (feature: Hover) => void;
  /** What is shown of the thing under the pointer; fingers have none. */
  card?: ComponentType<{ hover: Hover }>;
  route?: Route | null;
  /** Both points are kept in view, e.g. the responder and the incident. */
  fit?: readonly Point[] | undefined;
  children?: ReactNode;
}

/** The one map of a window. It reads the situation by itself; React only gives it a box. */
export default function MapCanvas(props: MapCanvasProps) {
  const { theme = 'dark', buttons = true, route = null, fit, children } = props;
  const { findBasemap = centreBasemap, onFeature, card: Card } = props;
  const look = lookOf(useLookChoice(), theme);
  const { t, language } = useTranslation('common');
  const city = useReference((state) => state.city);
  const box = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<MapEngine | null>(null);
  const [basemap, setBasemap] = useState<boolean | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);

  useEffect(() => {
    if (box.current === null) return;
    const made = new MapEngine({
      container: box.current,
      look,
      language,
      centre: city?.centre ?? FALLBACK_CENTRE,
      extent: city?.extent ?? null,
      attribution: city?.attribution ?? '',
      buttons,
      locale: {
        'NavigationControl.ZoomIn': t('map.zoomIn'),
        'NavigationControl.ZoomOut': t('map.zoomOut'),
        'AttributionControl.ToggleAttribution': t('map.attribution'),
        'Map.Title': t('map.title'),
      },
      findBasemap,
      onBasemap: setBasemap,
      onHover: setHover,
      onFeature,
    });
    setEngine(made);
    return () => {
      setEngine(null);
      made.destroy();
    };
  }, [city, look, buttons, language, t, findBasemap, onFeature]);

  useEffect(() => engine?.setRoute(route), [engine, route]);

  const wanted = fit ? JSON.stringify(fit) : '';
  useEffect(() => {
    const points = wanted === '' ? [] : (JSON.parse(wanted) as Point[]);
    if (points.length > 1) engine?.fit(points);
    else if (points[0]) engine?.centreOn(points[0]);
  }, [engine, wanted]);

  return (
    <div className="map" data-testid="map" data-basemap={String(basemap)} data-look={look}>
      <div className="map-box" ref={box} />
      {basemap === false && (
        <p className="map-note" role="status" data-testid="map-no-basemap">
          {t('map.noBasemap')}
        </p>
      )}
      {hover && Card && <Card hover={hover} />}
      {children}
    </div>
  );
}
