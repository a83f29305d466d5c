/** The road from a unit to its incident, asked for again when the unit has moved. */

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { get, Problem } from '@/shared/api/client';
import { distanceM } from '@/shared/geo/shapes';
import { currentLanguage } from '@/shared/i18n/i18n';
import type { RouteAnswer } from '@/shared/wire/answers';
import type { Id, Point } from '@/shared/wire/types';
import { selection } from '@/situation/selection';
import { unitFix, useSituation } from '@/situation/store';

const ANEW_AFTER_M = 150;

export interface Route extends RouteAnswer {
  unitId: Id;
  to: Point;
}

interface Ends {
  unitId: Id;
  from: Point;
  to: Point;
  profile: string;
}

/** Which unit and incident the selection is about, if it is about both. */
export function useRoutePair(): { unitId: Id; incidentId: Id } | null {
  const selected = useStore(selection, (state) => state.selected);
  const preview = useStore(selection, (state) => state.previewUnit);
  const assigned = useSituation(({ picture }) =>
    selected?.type === 'unit' ? picture.units[selected.id]?.assignment?.incident_id : undefined,
  );
  if (selected?.type === 'incident' && preview) return { unitId: preview, incidentId: selected.id };
  if (selected?.type === 'unit' && assigned) return { unitId: selected.id, incidentId: assigned };
  return null;
}

/** The route between the two, null while unknown; an estimate says so in `estimated`. */
export function useRoute(unitId: Id | null, incidentId: Id | null): Route | null {
  const unit = useSituation(({ picture }) => (unitId ? picture.units[unitId] : undefined));
  const to = useSituation(({ picture }) =>
    incidentId ? picture.incidents[incidentId]?.location : null,
  );
  const from = useSituation(({ live }) => (unitId ? unitFix(live, unitId) : undefined));
  const [ends, setEnds] = useState<Ends | null>(null);
  const [route, setRoute] = useState<Route | null>(null);

  const wanted: Ends | null =
    unit && from && to ? { unitId: unit.id, from, to, profile: unit.profile } : null;
  if (!sameEnds(ends, wanted)) setEnds(wanted);
  // A road that is closed or opened may change the way at once.
  const closures = useSituation(({ picture }) => picture.closures);

  // biome-ignore lint/correctness/useExhaustiveDependencies: changed closures mean asking again
  useEffect(() => {
    if (ends === null) return setRoute(null);
    const stop = new AbortController();
    askRoute(ends, stop.signal).then(setRoute, (error: unknown) => {
      // Without network the last way is still the way, as long as it leads to the same place.
      if (error instanceof Problem)
        setRoute((now) => (error.mayRetry && now?.to === ends.to ? now : null));
      else if (!stop.signal.aborted) throw error;
    });
    return () => stop.abort();
  }, [ends, closures]);

  return route?.unitId === unitId ? route : null;
}

function sameEnds(a: Ends | null, b: Ends | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.unitId === b.unitId && distanceM(a.to, b.to) < 1 && distanceM(a.from, b.from) < ANEW_AFTER_M
  );
}

async function askRoute(ends: Ends, signal: AbortSignal): Promise<Route> {
  const { from, to, profile, unitId } = ends;
  const answer = await get<RouteAnswer>('/route', {
    query: {
      from: `${from.lon},${from.lat}`,
      to: `${to.lon},${to.lat}`,
      profile,
      // The engines know no Guaraní; its speakers are told in Spanish.
      language: currentLanguage() === 'en' ? 'en' : 'es',
    },
    signal,
  });
  return { ...answer, unitId, to };
}
