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

export type CallState = 'waiting' | 'abandoned' | 'taken' | 'linked' | 'closed';

/** Where a caller was said to be: beside the others, in force once accepted. */
export interface CallFix {
  id: Id;
  method: 'handset' | 'network' | 'spoken' | 'confirmed' | 'registered';
  source: string;
  location: Place;
  address: string | null;
  measured_at: Time;
  received_at: Time;
  /** Set with `accepted_by` null: the first fix of a call that had no place. */
  accepted_at: Time | null;
  accepted_by: string | null;
  speed_mps: number | null;
  heading_deg: number | null;
  /** When it came, it was newer and closer than the place in force. */
  better: boolean;
}

export interface CallBack {
  id: Id;
  at: Time;
  by: string;
  outcome: 'reached' | 'no_answer' | 'busy' | 'unreachable';
  note: string | null;
}

type Words = { es: string; gn: string; en: string };

export interface Interview {
  type: string;
  protocol: string;
  version: number;
  answers: { question: string; answer: string | number; at: Time; by: string }[];
  priority: Priority;
  effects: {
    question: string;
    answer: string | number;
    from: Priority;
    to: Priority;
    why: Words;
    flag: string | null;
    read_out: Words | null;
    propose_type: string | null;
  }[];
  done: boolean;
}

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
  /** When it was first answered. */
  taken_at: Time | null;
  abandoned_at: Time | null;
  language: 'es' | 'gn' | 'jopara' | 'en' | 'other' | null;
  line: 'open' | 'hung_up' | null;
  fixes: CallFix[];
  callbacks: CallBack[];
  claim_stale: boolean;
  witness: 'reporter' | 'witness' | null;
  rering: boolean;
  interview: Interview | null;
}

export type NoteKind = 'general' | 'safety' | 'medical' | 'command' | 'hand_over';

export interface Note {
  id: Id;
  text: string;
  author: string;
  at: Time;
  kind?: NoteKind;
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
  /** The dispatcher who sent it; absent in what an older release wrote. */
  by?: string | null;
  eta_s: number | null;
  distance_m: number | null;
  override_reason: string | null;
  overdue: boolean;
}

export type IncidentStatus =
  | 'scheduled'
  | 'new'
  | 'dispatched'
  | 'en_route'
  | 'on_scene'
  | 'closed'
  | 'merged';

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
  clocks_overdue?: LateClock[];
  /** Username of who leads it at the desk. */
  owner?: string | null;
  protected?: boolean;
  scheduled_for?: Time | null;
  reopened_at?: Time | null;
  links?: IncidentLink[];
  merged_from?: Id[];
  split_from?: Id | null;
  attachments?: Attachment[];
  major?: Major | null;
  /** How many premise notes speak of its place. */
  premises?: number;
  /** Only where a protected incident is shown without its details. */
  masked?: boolean;
}

/** What the other incident is to this one. */
export interface IncidentLink {
  incident_id: Id;
  number: string;
  kind: 'related' | 'parent' | 'child';
}

export interface Attachment {
  id: Id;
  name: string;
  media_type: string;
  bytes: number;
  sha256: string;
  url: string;
  at: Time;
  by: string;
}

export interface MajorSector {
  id: Id;
  name: string;
  supervisor: string | null;
}

export interface MajorTask {
  id: Id;
  text: string;
  sector_id: Id | null;
  unit_id: Id | null;
  state: 'open' | 'doing' | 'done' | 'dropped';
  at: Time;
  by: string;
}

export interface Major {
  declared_at: Time;
  by: string;
  commander: string | null;
  post: string | null;
  post_location: Place | null;
  sectors: MajorSector[];
  tasks: MajorTask[];
}

/** A clock of the incident, or of one unit's work on it, that ran out. */
export interface LateClock {
  clock: 'process' | 'turnout' | 'travel' | 'scene';
  target_s: number;
  at: Time;
  assignment_id: Id | null;
  callsign: string | null;
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
  /** Code of the status in the rules; null means the one named as the activity. */
  status: string | null;
  /** Who says it: a person, a position a person confirmed, the centre itself. */
  status_source: 'said' | 'physics' | 'centre';
  out_reason: string | null;
  hospital: string | null;
  crew: CrewMember[];
  vehicle: string | null;
  station: string | null;
  cell: string | null;
  equipment: string[];
  shift: { id: Id; starts_at: Time; ends_at: Time } | null;
  proposal: StatusProposal | null;
  disagreement: Disagreement | null;
  welfare: Welfare | null;
  cross_staffs: Id[];
  busy_since: Time | null;
  rest_due: boolean;
  emergency_at: Time | null;
  emergency_location: Place | null;
  /** When it was there, by its device; null when the crew said it itself. */
  emergency_fix_at: Time | null;
  emergency_acknowledged_by: string | null;
}

export interface CrewMember {
  username: string | null;
  name: string;
  role: string;
}

/** A status that positions suggest: nothing changes until a person confirms it. */
export interface StatusProposal {
  status: string;
  since: Time;
  why: 'at_place' | 'set_out' | 'left_place' | 'at_hospital';
  fix_age_s: number | null;
  distance_m: number | null;
}

/** The crew says one thing, its positions another. */
export interface Disagreement {
  code: 'far_from_scene' | 'still_at_scene';
  since: Time;
  fix_age_s: number | null;
  distance_m: number | null;
}

export interface Welfare {
  interval_s: number;
  due_at: Time;
  missed: number;
  by_hand: boolean;
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
  source_id?: Id | null;
  source_name?: string | null;
  count?: number;
  repeated_at?: Time | null;
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

/** A rule document in force that somebody edited; ask `GET /rules/{name}` for what it says. */
export interface RuleVersion {
  id: Id;
  name: string;
  version: number;
}

export interface Picture {
  calls: Record<Id, Call>;
  incidents: Record<Id, Incident>;
  units: Record<Id, Unit>;
  alarms: Record<Id, Alarm>;
  cameras: Record<Id, Camera>;
  closures: Record<Id, Closure>;
  layers: Record<Id, Layer>;
  rules: Record<Id, RuleVersion>;
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
  /** The device itself says that the position is made up. */
  mocked?: boolean;
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
