/** The shapes of HTTP answers that are not in the picture. */

import type { Assignment, Call, Entry, Id, Place, Priority, Time, Zone } from '@/shared/wire/types';

export type Labels = Record<string, string>;

export interface User {
  id: Id;
  username: string;
  display_name: string;
  roles: string[];
  agency: string;
  unit_id: Id | null;
}

export interface Session {
  user: User;
  permissions: string[];
  csrf_token: string;
  expires_at: Time;
}

export interface LabelledCode {
  /** The one key that writes it, where it has one. */
  key?: string | null;
  code: string;
  labels: Labels;
}

export interface IncidentType extends LabelledCode {
  agency: string;
  priority: Priority;
  plan: unknown;
}

export interface UnitStatusCode extends LabelledCode {
  availability: string;
  activity: string;
}

export interface Codes {
  incident_types: IncidentType[];
  call_dispositions: LabelledCode[];
  incident_dispositions: LabelledCode[];
  unit_statuses: UnitStatusCode[];
  out_reasons?: LabelledCode[];
  alarm_reasons: LabelledCode[];
  view_purposes: LabelledCode[];
}

export interface GeocodeResult {
  label: string;
  kind: string;
  location: Place;
  score: number;
  zones: Zone[];
  side?: 'left' | 'right' | null;
  /** What tells it from others of the same label: a barrio, a city. */
  detail?: string | null;
}

export interface GeocodeAnswer {
  items: GeocodeResult[];
  /** False: the words serve several places, and a person must choose. */
  certain?: boolean;
  /** How the words were understood, in local wording. */
  read_as?: string | null;
}

export interface PossibleDuplicate {
  incident_id: Id;
  number: string;
  distance_m: number;
  age_s: number;
  reason: string;
}

export interface CallAnswer extends Call {
  possible_duplicates?: PossibleDuplicate[];
  candidates?: GeocodeResult[];
}

export interface Reason {
  code: string;
  [extra: string]: unknown;
}

export interface RecommendedUnit {
  unit_id: Id;
  callsign: string;
  role: string;
  eta_s: number | null;
  distance_m: number | null;
  position_age_s: number | null;
  reasons: Reason[];
}

export interface Recommendation {
  plan: unknown;
  units: RecommendedUnit[];
  runners_up: RecommendedUnit[];
  shortfalls: { capability: string; missing: number; reason: string }[];
  as_of: Time;
}

export interface NearCamera {
  camera_id: Id;
  name: string;
  distance_m: number;
}

export interface Step {
  instruction: string;
  manoeuvre: string;
  street: string | null;
  seconds: number;
  metres: number;
  lon: number;
  lat: number;
}

export interface RouteAnswer {
  duration_s: number;
  distance_m: number;
  geometry: { type: 'LineString'; coordinates: [number, number][] };
  /** True when no engine answered: a straight line and a guess. */
  estimated: boolean;
  steps?: Step[];
  engine?: string;
  closures_in_force?: number;
}

export interface City {
  name: string;
  extent: [number, number, number, number];
  centre: [number, number];
  timezone: string;
  attribution: string;
  ice_host?: string;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type TimelineEntry = Omit<Entry, 'type' | 'after'>;
export type { Assignment };
