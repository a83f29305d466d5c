/** The shapes of docs/protocol.md: what stands on the wire, in the picture and in HTTP answers. */

export type Id = string;
/** RFC 3339 UTC with milliseconds. */
export type Time = string;
export type Priority = 1 | 2 | 3 | 4;

export interface Point {
  lon: number;
  lat: number;
}

export interface Place extends Point {
  /** Radius in metres of the circle that holds the true place with `confidence` (0..1). */
  uncertainty_m: number;
  confidence: number;
}

export interface Zone {
  id: Id;
  kind: string;
  code: string;
  name: string;
}

export type CallState = 'waiting' | 'taken' | 'linked' | 'closed';

export interface Call {
  id: Id;
  number: string;
  version: number;
  state: CallState;
  source: string;
  caller_number: string | null;
  narrative: string | null;
  address_text: string | null;
  location: Place | null;
  address: string | null;
  zones: Zone[];
  incident_id: Id | null;
  taken_by: string | null;
  disposition: string | null;
  received_at: Time;
  occurred_at: Time;
  overdue: boolean;
}

export interface Note {
  id: Id;
  text: string;
  author: string;
  at: Time;
}

export interface Assignment {
  id: Id;
  incident_id: Id;
  unit_id: Id;
  callsign: string;
  assigned_at: Time;
  acknowledged_at: Time | null;
  en_route_at: Time | null;
  on_scene_at: Time | null;
  released_at: Time | null;
  release_reason: string | null;
  eta_s: number | null;
  distance_m: number | null;
  override_reason: string | null;
  overdue: boolean;
}

export type IncidentStatus = 'new' | 'dispatched' | 'en_route' | 'on_scene' | 'closed' | 'merged';

export interface Incident {
  id: Id;
  number: string;
  version: number;
  status: IncidentStatus;
  type: string;
  priority: Priority;
  location: Place | null;
  address: string | null;
  zones: Zone[];
  narrative: string | null;
  plan: { requirements: { capability: string; count: number }[] };
  agencies: string[];
  call_ids: Id[];
  alarm_ids: Id[];
  notes: Note[];
  assignments: Assignment[];
  disposition: string | null;
  merged_into: Id | null;
  opened_at: Time;
  closed_at: Time | null;
  overdue: boolean;
}

export type Availability = 'available' | 'conditionally_available' | 'not_available';

export type Activity =
  | 'in_service'
  | 'dispatched'
  | 'acknowledged'
  | 'en_route'
  | 'on_scene'
  | 'transporting'
  | 'at_hospital'
  | 'break'
  | 'off_duty'
  | 'out_of_service';

export interface Unit {
  id: Id;
  callsign: string;
  version: number;
  agency: string;
  kind: string;
  profile: string;
  capabilities: string[];
  availability: Availability;
  activity: Activity;
  assignment: Assignment | null;
  emergency: boolean;
  status_at: Time;
  reason: string | null;
}

export type AlarmState = 'raised' | 'acknowledged' | 'verified' | 'dismissed';

export interface Alarm {
  id: Id;
  number: string;
  version: number;
  state: AlarmState;
  kind: string;
  priority: Priority;
  agency: string;
  camera_id: Id | null;
  camera_name: string | null;
  zone_name: string | null;
  location: Place | null;
  detected_at: Time;
  raised_at: Time;
  snapshot: { sha256: string; url: string } | null;
  incident_id: Id | null;
  reason: string | null;
  by: string | null;
}

export interface Camera {
  id: Id;
  name: string;
  version: number;
  agency: string;
  enabled: boolean;
  location: Place;
  heading_deg: number | null;
  fov_deg: number | null;
  range_m: number | null;
}

/** A road, or an area of roads, that is closed: as it was drawn. */
export interface Closure {
  id: Id;
  version: number;
  geometry: GeoJSON.LineString | GeoJSON.Polygon | GeoJSON.MultiPolygon | GeoJSON.Point;
  /** Of a closed point: how far around it roads are closed. */
  radius_m: number | null;
  reason: string;
  from: Time;
  until: Time | null;
  /** `civil` lets lights and siren pass. */
  applies_to: 'all' | 'civil';
  drawn_by: string;
  drawn_at: Time;
}

/** An agency's own data on the map; its features come as tiles. */
export interface Layer {
  id: Id;
  name: string;
  kind: string;
  zone_kind: string | null;
  /** Counts every change; `published` is the version of the data that is shown. */
  version: number;
  published: number | null;
  features: number;
  agency: string | null;
  bounds: [number, number, number, number] | null;
  published_at: Time;
}

export interface Picture {
  calls: Record<Id, Call>;
  incidents: Record<Id, Incident>;
  units: Record<Id, Unit>;
  alarms: Record<Id, Alarm>;
  cameras: Record<Id, Camera>;
  closures: Record<Id, Closure>;
  layers: Record<Id, Layer>;
}

export interface Entry {
  type: 'entry';
  seq: number;
  after: number;
  id: Id;
  kind: string;
  subject_type: string;
  subject: Id;
  version: number;
  incident: Id | null;
  author: { id: Id; name: string };
  cause: Id;
  occurred_at: Time;
  recorded_at: Time;
  data: Record<string, unknown>;
}

export interface UnitFix extends Point {
  occurred_at: Time;
  recorded_at: Time;
  accuracy_m: number | null;
  speed_mps: number | null;
  heading_deg: number | null;
}

export type CameraLinkState = 'connecting' | 'live' | 'stalled' | 'frozen' | 'refused' | 'offline';

export interface CameraHealth {
  state: CameraLinkState;
  reason: string | null;
  fps: number | null;
  last_frame_at: Time | null;
  mode: string | null;
  viewers: number;
  updated_at: Time;
}

/** Latest-wins values by key, `unit:<id>` and `camera:<id>`. */
export type LiveValues = Record<string, unknown>;

export type ServerFrame =
  | { type: 'snapshot'; seq: number; at: Time; picture: Picture; live: LiveValues }
  | { type: 'resumed'; seq: number; count: number }
  | Entry
  | { type: 'live'; at: Time; values: Record<string, unknown> }
  | { type: 'beat'; at: Time; seq: number; degraded: string[] }
  | {
      type: 'positions_answer';
      id: string;
      accepted: number;
      rejected: { index: number; code: string; detail: string }[];
    }
  | { type: 'bye'; reason: string };

export interface Fix extends Point {
  occurred_at: Time;
  accuracy_m?: number;
  speed_mps?: number;
  heading_deg?: number;
}
