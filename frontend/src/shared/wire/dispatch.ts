/** What dispatching adds to the picture's things, and the HTTP answers that only its panels read. */

import type { Labels } from '@/shared/wire/answers';
import type {
  Alarm,
  Call,
  CallFix,
  Id,
  Incident,
  Interview,
  MajorTask,
  Place,
  Point,
  Priority,
  Time,
  Unit,
} from '@/shared/wire/types';

export type {
  Attachment,
  CallFix,
  IncidentLink,
  Interview,
  Major,
  MajorTask,
} from '@/shared/wire/types';

export type FixMethod = CallFix['method'];

export const CALLBACK_OUTCOMES = ['reached', 'no_answer', 'busy', 'unreachable'] as const;
export type CallbackOutcome = (typeof CALLBACK_OUTCOMES)[number];

export const CALL_LANGUAGES = ['es', 'gn', 'jopara', 'en', 'other'] as const;
export type CallLanguage = (typeof CALL_LANGUAGES)[number];

export type TaskState = MajorTask['state'];

/** Things of the picture as the desk draws them. */
export type DeskCall = Call;
export type DeskIncident = Incident;
export type DeskUnit = Unit;

interface AlarmGains {
  shelved: { until: Time; by: string; reason: string } | null;
  group: string | null;
  source_id: Id | null;
  source_name: string | null;
  count: number;
  unit_id: Id | null;
}
export type DeskAlarm = Alarm & Partial<AlarmGains>;

/** Who has an incident open: live value `looking:<id>`. */
export interface Looking {
  users: { name: string; since: Time }[];
}

export interface OneKeyCode {
  key: string;
  code: string;
  labels: Labels;
}

export interface Why {
  code: string;
  [extra: string]: unknown;
}

export interface Triage {
  repeat: {
    count: number;
    window_s: number;
    dispositions: { code: string | null; count: number }[];
  };
  earlier_at_place: {
    incident_id: Id;
    number: string;
    type: string;
    opened_at: Time;
    distance_m: number;
    violence: boolean;
  }[];
  open_nearby: { incident_id: Id; number: string; type: string; distance_m: number }[];
  suggestion: { priority: Priority | null; why: (Why | string)[] };
  violence_notes: number;
  keys: OneKeyCode[];
}

export interface Storm {
  id: string;
  call_ids: Id[];
  outlier_call_ids: Id[];
  outliers: { call_id: Id; why: string }[];
  /** There too, but nobody knows yet what they say. */
  unheard_call_ids: Id[];
  incident_id: Id | null;
  location: Point | null;
  radius_m: number | null;
  type: string | null;
  words: string[];
  since: Time;
  why: (Why | string)[];
}

export interface Premise {
  id: Id;
  version: number;
  kind: 'hazard' | 'premise' | 'access' | 'violence' | 'weapons' | 'medical';
  title: string;
  text: string;
  location: Place;
  radius_m: number;
  valid_until: Time | null;
  protected: boolean;
  distance_m?: number | null;
}

export interface AlarmLoad {
  operators: { name: string; last_10_min: number; last_hour: number }[];
  flood: boolean;
  groups: { key: string; label: string; count: number; suppressed: number; open: number }[];
  shelved: number;
  suppressed_total: number;
}

export interface ProtocolQuestion {
  code: string;
  kind: 'yesno' | 'choice' | 'number' | 'text';
  text: Labels;
  choices: OneChoice[];
}

export interface OneChoice {
  code: string;
  labels: Labels;
}

export interface InterviewAnswer extends Interview {
  /** What to say before the first question. */
  opening: Labels | null;
  next: ProtocolQuestion[];
}

export interface EarlierCall {
  call_id: Id;
  number: string;
  received_at: Time;
  state: string;
  disposition: string | null;
  incident_id: Id | null;
  incident_number: string | null;
  type: string | null;
}

export interface Earlier {
  by_number: EarlierCall[];
  by_place: Triage['earlier_at_place'];
}

/** An incident that may follow its caller, when a person agrees. */
export interface IncidentMove {
  incident_id: Id;
  number: string;
  version: number;
  distance_m: number;
  location: Place;
  address: string | null;
}

export interface InsteadOf {
  unit_id: Id;
  callsign: string;
  eta_s: number | null;
  loses_s: number | null;
  reasons: Why[];
}

export interface Divert {
  unit_id: Id;
  callsign: string;
  role: string;
  eta_s: number | null;
  from: { incident_id: Id; number: string; type: string; priority: Priority };
  reasons: Why[];
}

export interface CoverageLoss {
  zone_id: Id;
  zone: string;
  capability: string;
  before_s: number | null;
  after_s: number | null;
  lost_s: number | null;
}

export interface MoveUp {
  unit_id: Id;
  callsign: string;
  to: { label: string; location: Point };
  eta_s: number | null;
  capability?: string;
  gains: { zone_id: Id; zone: string; capability: string; gained_s: number }[];
}

export interface RecommendationGains {
  run_card: { id: string; name: string; version: number; because: (Why | string)[] } | null;
  first_arrival_s: number | null;
  complete_arrival_s: number | null;
  diverts: Divert[];
  /** By capability, each worst first. */
  coverage: Record<string, CoverageLoss[]>;
  coverage_state: string;
  move_ups: MoveUp[];
}
