import { FileSource, PMTiles } from 'pmtiles';
import { useMemo } from 'react';
import { keptFile } from '@/features/field/phoneMap';
import { useTheme } from '@/shared/theme/theme';
import type { Id, Point } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import { centreBasemap, pmtiles } from './engine';
import MapCanvas from './MapCanvas';
import type { Route } from './route';

/** About 100 m: the view is fitted anew only when the responder has come that far. */
const FIT_DECIMALS = 3;

interface FieldMapProps {
  incidentId: Id | null;
  route: Route | null;
  /** Where the responder is; the phone knows it also without the centre. */
  own: Point | null;
  /** Changes with the copy of the basemap that is kept on the phone. */
  kept: string;
}

/** The responder's map: both ends of the way in view, in the theme of the phone. */
export default function FieldMap({ incidentId, route, own, kept }: FieldMapProps) {
  const theme = useTheme();
  const from = coarse(own);
  const to = useSituation(({ picture }) =>
    incidentId ? coarse(picture.incidents[incidentId]?.location) : '',
  );
  const fit = useMemo(() => [from, to].flatMap(toPoint), [from, to]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another copy is another basemap
  const findBasemap = useMemo(() => () => phoneBasemap(), [kept]);
  return (
    <MapCanvas theme={theme} buttons={false} route={route} fit={fit} findBasemap={findBasemap} />
  );
}

/** The kept copy first: it costs no data and needs no network; else the centre's. */
async function phoneBasemap(): Promise<string | null> {
  const file = await keptFile();
  if (file === null) return centreBasemap();
  const source = new FileSource(file);
  pmtiles.add(new PMTiles(source));
  return `pmtiles://${source.getKey()}`;
}

const coarse = (point: Point | null | undefined): string =>
  point ? `${point.lon.toFixed(FIT_DECIMALS)},${point.lat.toFixed(FIT_DECIMALS)}` : '';

function toPoint(text: string): Point[] {
  const [lon, lat] = text.split(',').map(Number);
  return lon === undefined || lat === undefined ? [] : [{ lon, lat }];
}
