import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useReference } from '@/shared/api/reference';
import { useTranslation } from '@/shared/i18n/i18n';
import type { Point } from '@/shared/wire/types';
import { type Hover, MapEngine } from './engine';
import { HoverCard } from './HoverCard';
import type { Route } from './route';
import type { MapTheme } from './style';
import './map.css';

/** Until the city is known: Asunción. */
const FALLBACK_CENTRE: [number, number] = [-57.6, -25.29];

interface MapCanvasProps {
  theme?: MapTheme;
  buttons?: boolean;
  route?: Route | null;
  /** Both points are kept in view, e.g. the responder and the incident. */
  fit?: readonly Point[] | undefined;
  children?: ReactNode;
}

/** The one map of a window. It reads the situation by itself; React only gives it a box. */
export default function MapCanvas(props: MapCanvasProps) {
  const { theme = 'dark', buttons = true, route = null, fit, children } = props;
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
      theme,
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
      onBasemap: setBasemap,
      onHover: setHover,
    });
    setEngine(made);
    return () => {
      setEngine(null);
      made.destroy();
    };
  }, [city, theme, buttons, language, t]);

  useEffect(() => engine?.setRoute(route), [engine, route]);

  const wanted = fit ? JSON.stringify(fit) : '';
  useEffect(() => {
    const points = wanted === '' ? [] : (JSON.parse(wanted) as Point[]);
    if (points.length > 1) engine?.fit(points);
    else if (points[0]) engine?.centreOn(points[0]);
  }, [engine, wanted]);

  return (
    <div className="map" data-testid="map" data-basemap={String(basemap)}>
      <div className="map-box" ref={box} />
      {basemap === false && (
        <p className="map-note" role="status" data-testid="map-no-basemap">
          {t('map.noBasemap')}
        </p>
      )}
      {hover && <HoverCard hover={hover} />}
      {children}
    </div>
  );
}
