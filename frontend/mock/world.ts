/** A small made-up centre for looking at the screens while developing; never part of a build. */

import { randomUUID } from 'node:crypto';
import { offset } from '../src/shared/geo/shapes.ts';
import { aCall, aUnit } from '../src/shared/testing/builders.ts';
import type {
  Alarm,
  Assignment,
  Call,
  Camera,
  Entry,
  Id,
  Incident,
  Picture,
  Place,
  Point,
  Priority,
  Unit,
} from '../src/shared/wire/types.ts';
import { EMPTY_PICTURE, fold } from '../src/situation/fold.ts';
import { CODES, UNITS } from './codes.ts';
import { Refusal } from './refusal.ts';

export const CENTRE: Point = { lon: -57.6333, lat: -25.2867 };
const STREETS = ['Cerro Corá', 'Yegros', 'Artigas', 'Ñandutí', 'España', 'Ykua Satĩ', 'Pettirossi'];
const KEPT_ENTRIES = 5_000;

export const nowText = () => new Date().toISOString();
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const pick = <T>(things: readonly T[]): T => things[Math.floor(Math.random() * things.length)] as T;

export function placeNear(metres = 3_000): Place {
  const at = offset(CENTRE, Math.random() * metres, Math.random() * 360);
  return { ...at, uncertainty_m: pick([8, 30, 120]), confidence: 0.9 };
}

const address = () => `${pick(STREETS)} c/ ${pick(STREETS)}`;

export class World {
  picture: Picture = EMPTY_PICTURE;
  entries: Entry[] = [];
  live: Record<string, unknown> = {};
  seq = 4_700;
  onEntry: (entry: Entry) => void = () => undefined;
  onLive: (values: Record<string, unknown>) => void = () => undefined;
  private readonly goals = new Map<Id, Point>();
  private numbers = { call: 219, incident: 147, alarm: 11 };

  constructor() {
    for (const [sign, kind, agency, capability] of UNITS)
      this.addUnit(sign, kind, agency, capability);
    for (let n = 1; n <= 6; n += 1) this.addCamera(n);
    this.seed();
  }

  record(kind: string, subject: Id, data: object, more: Partial<Entry> = {}): void {
    const subject_type = kind.split('.')[0] as string;
    const shelf = this.picture[`${subject_type}s` as keyof Picture] as Record<
      Id,
      { version: number }
    >;
    const entry: Entry = {
      type: 'entry',
      seq: this.seq + 1,
      after: this.seq,
      id: randomUUID(),
      kind,
      subject_type,
      subject,
      version: (shelf?.[subject]?.version ?? 0) + 1,
      incident: null,
      author: { id: randomUUID(), name: 'despacho1' },
      cause: randomUUID(),
      occurred_at: nowText(),
      recorded_at: nowText(),
      data: data as Record<string, unknown>,
      ...more,
    };
    this.seq = entry.seq;
    this.picture = fold(this.picture, entry);
    this.entries = [...this.entries, entry].slice(-KEPT_ENTRIES);
    this.onEntry(entry);
  }

  private addUnit(callsign: string, kind: string, agency: string, capability: string): void {
    const id = randomUUID();
    const unit = aUnit({
      id,
      callsign,
      agency,
      kind,
      profile: kind === 'fire_engine' ? 'truck' : 'car',
      capabilities: [capability],
      status_at: ago(600),
    });
    const { id: _id, version: _version, ...data } = unit;
    this.record('unit.registered', id, data);
    const age = pick([2, 5, 8, 12, 45, 200]);
    this.live[`unit:${id}`] = { ...this.fixAt(placeNear()), occurred_at: ago(age) };
  }

  fixAt({ lon, lat }: Point) {
    return {
      lon,
      lat,
      occurred_at: nowText(),
      recorded_at: nowText(),
      accuracy_m: 8,
      speed_mps: 9,
      heading_deg: 90,
    };
  }

  private addCamera(n: number): void {
    const id = randomUUID();
    const data: Omit<Camera, 'id' | 'version'> = {
      name: `Puerto 0${40 + n}`,
      agency: 'CENTRO',
      enabled: true,
      location: { ...placeNear(1_500), uncertainty_m: 2 },
      heading_deg: n * 55,
      fov_deg: 70,
      range_m: 90,
    };
    this.record('camera.added', id, data);
    const state = n === 5 ? 'offline' : n === 4 ? 'stalled' : 'live';
    this.live[`camera:${id}`] = {
      state,
      reason: n === 5 ? 'connection refused' : null,
      fps: 12,
      last_frame_at: ago(n === 5 ? 420 : 1),
      mode: 'passthrough',
      viewers: 0,
      updated_at: nowText(),
    };
  }

  private seed(): void {
    const types = ['structure_fire', 'traffic_accident', 'robbery', 'medical', 'noise', 'fight'];
    for (const [index, type] of types.entries()) {
      const id = this.openIncident(
        { type, narrative: 'Humo visible desde la avenida.' },
        40 + index * 150,
      );
      if (index % 2 === 1) this.assign(id, [this.freeUnit()]);
    }
    this.receiveCall({ address_text: address(), narrative: 'Se oyen gritos y vidrios rotos' }, 14);
    this.receiveCall({ narrative: 'Choque, hay un herido' }, 44);
    this.raiseAlarm();
    this.raiseAlarm();
  }

  private freeUnit(): Id {
    return pick(Object.values(this.picture.units).filter((unit) => unit.assignment === null)).id;
  }

  receiveCall(body: Partial<Call>, ageS = 0): Call {
    const id = randomUUID();
    const call = aCall({
      id,
      number: `2026-000${this.numbers.call++}`,
      caller_number: '+595981000000',
      location: body.address_text ? placeNear() : null,
      address: body.address_text ?? null,
      zones: body.address_text
        ? [{ id: randomUUID(), kind: 'police', code: '3', name: 'Comisaría 3ª' }]
        : [],
      received_at: ago(ageS),
      occurred_at: ago(ageS),
      overdue: ageS > 30,
      ...body,
    });
    const { id: _id, version: _version, ...data } = call;
    this.record('call.received', id, data);
    return this.picture.calls[id] as Call;
  }

  openIncident(body: Partial<Incident> & { call_id?: Id; alarm_id?: Id }, ageS = 0): Id {
    const { call_id, alarm_id, ...rest } = body;
    const type =
      CODES.incident_types.find((one) => one.code === body.type) ?? CODES.incident_types[0];
    const call = call_id ? this.picture.calls[call_id] : undefined;
    const id = randomUUID();
    const data: Omit<Incident, 'id' | 'version'> = {
      number: `2026-000${this.numbers.incident++}`,
      status: 'new',
      type: type?.code ?? 'noise',
      priority: (type?.priority ?? 3) as Priority,
      location: call?.location ?? placeNear(),
      address: call?.address ?? address(),
      zones: [{ id: randomUUID(), kind: 'police', code: '3', name: 'Comisaría 3ª' }],
      narrative: call?.narrative ?? null,
      plan: { requirements: [{ capability: 'patrol', count: 2 }] },
      agencies: [type?.agency ?? 'POL'],
      call_ids: [],
      alarm_ids: [],
      notes: [],
      assignments: [],
      disposition: null,
      merged_into: null,
      opened_at: ago(ageS),
      closed_at: null,
      overdue: false,
      ...rest,
    };
    this.record('incident.opened', id, data, { incident: id });
    if (call_id) this.linkCall(call_id, id);
    return id;
  }

  linkCall(call: Id, incident: Id): void {
    this.record(
      'call.linked',
      call,
      {
        state: 'linked',
        incident_id: incident,
        incident_version: this.next(incident),
        overdue: false,
      },
      { incident },
    );
  }

  next(incident: Id): number {
    return (this.picture.incidents[incident]?.version ?? 0) + 1;
  }

  assign(incident: Id, units: Id[]): void {
    for (const id of units) {
      const unit = this.picture.units[id];
      const other = unit?.assignment && this.picture.incidents[unit.assignment.incident_id];
      if (!unit) throw new Refusal(404, 'not-found', 'No such unit.');
      if (other)
        throw new Refusal(409, 'unit-not-available', `${unit.callsign} is assigned.`, {
          callsign: unit.callsign,
          incident_number: other.number,
        });
    }
    for (const id of units) this.assignOne(incident, id);
    if (this.picture.incidents[incident]?.status === 'new')
      this.record('incident.progressed', incident, { status: 'dispatched' }, { incident });
  }

  private assignOne(incident: Id, id: Id): void {
    const unit = this.picture.units[id] as Unit;
    const assignment: Assignment = {
      id: randomUUID(),
      incident_id: incident,
      unit_id: id,
      callsign: unit.callsign,
      assigned_at: nowText(),
      acknowledged_at: null,
      en_route_at: null,
      on_scene_at: null,
      released_at: null,
      release_reason: null,
      eta_s: 180 + Math.random() * 300,
      distance_m: 1_800,
      override_reason: null,
      overdue: false,
    };
    const to = this.picture.incidents[incident]?.location;
    if (to) this.goals.set(id, to);
    this.record(
      'unit.assigned',
      id,
      {
        assignment,
        availability: 'not_available',
        activity: 'dispatched',
        status_at: nowText(),
        incident_version: this.next(incident),
      },
      { incident },
    );
  }

  setStatus(id: Id, status: string): void {
    const unit = this.picture.units[id];
    if (!unit) throw new Refusal(404, 'not-found', 'No such unit.');
    if (status === 'clear') return this.release(id, 'clear');
    const step = {
      acknowledged: 'acknowledged_at',
      en_route: 'en_route_at',
      on_scene: 'on_scene_at',
    }[status];
    const { assignment } = unit;
    const busy = assignment !== null || status === 'out_of_service' || status === 'off_duty';
    this.record(
      'unit.status_changed',
      id,
      {
        availability: busy
          ? 'not_available'
          : status === 'break'
            ? 'conditionally_available'
            : 'available',
        activity: status,
        status_at: nowText(),
        reason: null,
        assignment: assignment && step ? { ...assignment, [step]: nowText() } : assignment,
        incident_version: assignment ? this.next(assignment.incident_id) : null,
      },
      { incident: assignment?.incident_id ?? null },
    );
    if (assignment && (status === 'en_route' || status === 'on_scene'))
      this.record(
        'incident.progressed',
        assignment.incident_id,
        { status },
        { incident: assignment.incident_id },
      );
  }

  release(id: Id, reason: string): void {
    const assignment = this.picture.units[id]?.assignment;
    if (!assignment) throw new Refusal(409, 'conflict', 'The unit has no assignment.');
    this.goals.delete(id);
    this.record(
      'unit.released',
      id,
      {
        assignment: { ...assignment, released_at: nowText(), release_reason: reason },
        availability: 'available',
        activity: 'in_service',
        status_at: nowText(),
        incident_version: this.next(assignment.incident_id),
      },
      { incident: assignment.incident_id },
    );
  }

  raiseAlarm(): void {
    const camera = pick(Object.values(this.picture.cameras));
    const id = randomUUID();
    const data: Omit<Alarm, 'id' | 'version'> = {
      number: `2026-0000${++this.numbers.alarm}`,
      state: 'raised',
      kind: 'intrusion',
      priority: 2,
      agency: 'CENTRO',
      camera_id: camera.id,
      camera_name: camera.name,
      zone_name: 'Portón norte',
      location: camera.location,
      detected_at: ago(20),
      raised_at: ago(19),
      snapshot: { sha256: '0'.repeat(64), url: `/api/v1/alarms/${id}/snapshot.jpg` },
      incident_id: null,
      reason: null,
      by: null,
    };
    this.record('alarm.raised', id, data);
  }

  /** One second of the city: most units move, some stay silent so that ages can be seen. */
  tick(): void {
    const values: Record<string, unknown> = {};
    for (const [index, unit] of Object.values(this.picture.units).entries()) {
      if (index % 7 === 6) continue;
      const key = `unit:${unit.id}`;
      const from = this.live[key] as Point;
      const goal = this.goals.get(unit.id);
      const next = goal
        ? {
            lon: from.lon + (goal.lon - from.lon) * 0.03,
            lat: from.lat + (goal.lat - from.lat) * 0.03,
          }
        : offset(from, 8, (index * 50 + Date.now() / 4_000) % 360);
      values[key] = this.live[key] = this.fixAt(next);
    }
    for (const camera of Object.values(this.picture.cameras)) {
      const key = `camera:${camera.id}`;
      const health = this.live[key] as { state: string };
      if (health.state === 'live')
        values[key] = this.live[key] = {
          ...health,
          last_frame_at: nowText(),
          updated_at: nowText(),
        };
    }
    this.onLive(values);
  }
}
