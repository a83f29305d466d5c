/** Whole, valid things with what a test cares about changed. */

import type {
  Alarm,
  Assignment,
  Call,
  Camera,
  Closure,
  Incident,
  Layer,
  Unit,
} from '@/shared/wire/types';

const AT = '2026-11-22T14:00:00.000Z';
const PLACE = { lon: -57.6333, lat: -25.2822, uncertainty_m: 30, confidence: 0.9 };

export const aCall = (changes: Partial<Call> = {}): Call => ({
  id: 'call-1',
  number: '2026-000219',
  version: 1,
  state: 'waiting',
  source: 'phone',
  caller_number: null,
  narrative: null,
  address_text: null,
  location: PLACE,
  address: 'Cerro Corá c/ Yegros',
  zones: [],
  incident_id: null,
  taken_by: null,
  disposition: null,
  received_at: AT,
  occurred_at: AT,
  overdue: false,
  ...changes,
});

export const anIncident = (changes: Partial<Incident> = {}): Incident => ({
  id: 'incident-1',
  number: '2026-000147',
  version: 1,
  status: 'new',
  type: 'structure_fire',
  priority: 1,
  location: PLACE,
  address: 'Cerro Corá c/ Yegros',
  zones: [],
  narrative: null,
  plan: { requirements: [] },
  agencies: ['BOM'],
  call_ids: [],
  alarm_ids: [],
  notes: [],
  assignments: [],
  disposition: null,
  merged_into: null,
  opened_at: AT,
  closed_at: null,
  overdue: false,
  ...changes,
});

export const anAssignment = (changes: Partial<Assignment> = {}): Assignment => ({
  id: 'assignment-1',
  incident_id: 'incident-1',
  unit_id: 'unit-1',
  callsign: 'B12',
  assigned_at: AT,
  acknowledged_at: null,
  en_route_at: null,
  on_scene_at: null,
  released_at: null,
  release_reason: null,
  eta_s: 180,
  distance_m: 1200,
  override_reason: null,
  overdue: false,
  ...changes,
});

export const aUnit = (changes: Partial<Unit> = {}): Unit => ({
  id: 'unit-1',
  callsign: 'B12',
  version: 1,
  agency: 'BOM',
  kind: 'fire_engine',
  profile: 'truck',
  capabilities: ['fire_suppression'],
  availability: 'available',
  activity: 'in_service',
  assignment: null,
  emergency: false,
  status_at: AT,
  reason: null,
  ...changes,
});

export const anAlarm = (changes: Partial<Alarm> = {}): Alarm => ({
  id: 'alarm-1',
  number: '2026-000012',
  version: 1,
  state: 'raised',
  kind: 'intrusion',
  priority: 2,
  agency: 'CENTRO',
  camera_id: 'camera-1',
  camera_name: 'Puerto 041',
  zone_name: 'Portón norte',
  location: PLACE,
  detected_at: AT,
  raised_at: AT,
  snapshot: null,
  incident_id: null,
  reason: null,
  by: null,
  ...changes,
});

export const aCamera = (changes: Partial<Camera> = {}): Camera => ({
  id: 'camera-1',
  name: 'Puerto 041',
  version: 1,
  agency: 'CENTRO',
  enabled: true,
  location: PLACE,
  heading_deg: 90,
  fov_deg: 60,
  range_m: 80,
  ...changes,
});

export const aClosure = (changes: Partial<Closure> = {}): Closure => ({
  id: 'closure-1',
  version: 1,
  geometry: {
    type: 'LineString',
    coordinates: [
      [-57.634, -25.282],
      [-57.632, -25.282],
    ],
  },
  radius_m: null,
  reason: 'Raudal',
  from: AT,
  until: null,
  applies_to: 'all',
  drawn_by: 'despacho1',
  drawn_at: AT,
  ...changes,
});

export const aLayer = (changes: Partial<Layer> = {}): Layer => ({
  id: 'layer-1',
  name: 'hidrantes',
  kind: 'hydrant',
  zone_kind: null,
  version: 1,
  published: 1,
  features: 12,
  agency: 'BOM',
  bounds: null,
  published_at: AT,
  ...changes,
});
