import { useEffect } from 'react';
import { useStore } from 'zustand';
import FieldMap from '@/features/map/FieldMap';
import type { Route } from '@/features/map/route';
import { showMarks } from '@/shared/geo/mapBus';
import { connection } from '@/shared/live/browser';
import type { Id, Point } from '@/shared/wire/types';
import { unitFix, useSituation } from '@/situation/store';
import { useField } from './field';
import { PhoneMapBox } from './PhoneMapBox';
import { phoneMap } from './phoneMap';
import { Turns } from './Turns';
import './way.css';

interface WayProps {
  unitId: Id;
  callsign: string;
  incidentId: Id | null;
  route: Route | null;
}

/** The way to the task: the map, the next turn above it, and the map's copy on this phone. */
export default function Way({ unitId, callsign, incidentId, route }: WayProps) {
  const at = useNewestFix(unitId);
  const kept = useStore(phoneMap, (state) => state.kept?.saved_at ?? '');
  useOwnMark(callsign);
  return (
    <>
      <FieldMap incidentId={incidentId} route={route} own={at} kept={kept} />
      {route && <Turns route={route} at={at} />}
      <PhoneMapBox />
    </>
  );
}

/** Where this unit is: what the phone or what the centre knows, whichever is younger. */
function useNewestFix(unitId: Id): Point | null {
  const own = useField((state) => state.fix);
  const told = useSituation(({ live }) => unitFix(live, unitId));
  if (own === null || told === undefined) return own ?? told ?? null;
  return Date.parse(told.occurred_at) > Date.parse(own.occurred_at) ? told : own;
}

/** Without the centre nobody tells where this unit is: then the phone's own fix marks it. */
function useOwnMark(callsign: string): void {
  const fix = useField((state) => state.fix);
  const open = useStore(connection, (state) => state.link.open);
  useEffect(() => {
    if (open || fix === null) return showMarks([]);
    const { lon, lat, accuracy_m } = fix;
    const place = { lon, lat, uncertainty_m: accuracy_m ?? 0, confidence: 0.68 };
    showMarks([{ place, label: callsign }]);
  }, [fix, open, callsign]);
}
