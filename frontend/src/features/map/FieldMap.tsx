import { useMemo } from 'react';
import { useTheme } from '@/shared/theme/theme';
import type { Id, Point } from '@/shared/wire/types';
import { unitFix, useSituation } from '@/situation/store';
import MapCanvas from './MapCanvas';
import type { Route } from './route';

/** About 100 m: the view is fitted anew only when the responder has come that far. */
const FIT_DECIMALS = 3;

interface FieldMapProps {
  unitId: Id;
  incidentId: Id | null;
  route: Route | null;
}

/** The responder's map: both ends of the way in view, in the theme of the phone. */
export default function FieldMap({ unitId, incidentId, route }: FieldMapProps) {
  const theme = useTheme();
  const from = useSituation(({ live }) => coarse(unitFix(live, unitId)));
  const to = useSituation(({ picture }) =>
    incidentId ? coarse(picture.incidents[incidentId]?.location) : '',
  );
  const fit = useMemo(() => [from, to].flatMap(toPoint), [from, to]);
  return <MapCanvas theme={theme} buttons={false} route={route} fit={fit} />;
}

const coarse = (point: Point | null | undefined): string =>
  point ? `${point.lon.toFixed(FIT_DECIMALS)},${point.lat.toFixed(FIT_DECIMALS)}` : '';

function toPoint(text: string): Point[] {
  const [lon, lat] = text.split(',').map(Number);
  return lon === undefined || lat === undefined ? [] : [{ lon, lat }];
}
