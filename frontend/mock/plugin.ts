/** `npm run dev`: the pages against a made-up centre inside Vite, speaking docs/protocol.md. */

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { type WebSocket, WebSocketServer } from 'ws';
import { CODES } from './codes.ts';
import { recommend } from './recommend.ts';
import { Refusal } from './refusal.ts';
import { CENTRE, nowText, placeNear, World } from './world.ts';

const BEAT_MS = 2_000;
/** A PMTiles file to show, for those who have one. */
const BASEMAP = process.env.MOCK_BASEMAP ?? '';

const ROLES: Record<string, [string, string[]]> = {
  despacho1: [
    'dispatcher',
    [
      'calls.read',
      'calls.write',
      'incidents.read',
      'incidents.write',
      'units.read',
      'units.assign',
      'units.report_any',
      'alarms.read',
      'alarms.handle',
      'cameras.read',
      'cameras.view',
    ],
  ],
  camaras1: [
    'wall_operator',
    ['incidents.read', 'alarms.read', 'alarms.handle', 'cameras.read', 'cameras.view'],
  ],
  movil1: ['responder', ['incidents.read', 'units.read', 'units.report_own']],
};

type Body = Record<string, never> & { [key: string]: unknown };

export function mockCentre(): Plugin {
  const install = (server: {
    middlewares: {
      use: (f: (q: IncomingMessage, r: ServerResponse, n: () => void) => void) => void;
    };
    httpServer: unknown;
  }) => {
    const centre = new MockCentre();
    server.middlewares.use((request, response, next) => {
      if (!/^\/(api|tiles|mock)\//.test(request.url ?? '')) return next();
      void centre.answer(request, response);
    });
    centre.listen(server.httpServer as Server);
  };
  return { name: 'mock-centre', configureServer: install, configurePreviewServer: install };
}

class MockCentre {
  private readonly world = new World();
  private readonly sockets = new Set<WebSocket>();
  private slow = 0;

  constructor() {
    this.world.onEntry = (entry) => this.tell(entry);
    this.world.onLive = (values) => this.tell({ type: 'live', at: nowText(), values });
    setInterval(() => this.world.tick(), 1_000).unref();
    setInterval(
      () => this.tell({ type: 'beat', at: nowText(), seq: this.world.seq, degraded: [] }),
      BEAT_MS,
    ).unref();
  }

  listen(server: Server): void {
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== '/ws') return;
      sockets.handleUpgrade(request, socket, head, (ws) => this.connected(ws));
    });
  }

  private tell(frame: object): void {
    const text = JSON.stringify(frame);
    for (const socket of this.sockets) socket.send(text);
  }

  private connected(socket: WebSocket): void {
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('message', (raw) => {
      const frame = JSON.parse(String(raw)) as { type: string; resume: number | null };
      if (frame.type === 'hello') this.greet(socket, frame.resume);
    });
  }

  private greet(socket: WebSocket, resume: number | null): void {
    const { seq, entries, picture, live } = this.world;
    const missed = entries.filter((entry) => entry.seq > (resume ?? 0));
    if (resume === null || resume > seq || missed[0]?.after !== (missed[0] ? resume : undefined))
      socket.send(JSON.stringify({ type: 'snapshot', seq, at: nowText(), picture, live }));
    else {
      socket.send(JSON.stringify({ type: 'resumed', seq, count: missed.length }));
      for (const entry of missed) socket.send(JSON.stringify(entry));
    }
    this.sockets.add(socket);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://mock');
    try {
      if (url.pathname.startsWith('/tiles/')) return tiles(request, response);
      if (url.pathname.startsWith('/mock/')) return this.control(url, response);
      const body = await bodyOf(request);
      if (request.method !== 'GET' && this.slow > 0)
        await new Promise((done) => setTimeout(done, this.slow));
      this.api(request, response, url, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, detail, extra } = error;
      send(response, status, { type: 'about:blank', title: code, status, code, detail, ...extra });
    }
  }

  /** For trials: cut all sockets, answer slowly, raise an alarm. */
  private control(url: URL, response: ServerResponse): void {
    if (url.pathname === '/mock/cut') for (const socket of this.sockets) socket.terminate();
    if (url.pathname === '/mock/slow') this.slow = Number(url.searchParams.get('ms'));
    if (url.pathname === '/mock/alarm') this.world.raiseAlarm();
    if (url.pathname === '/mock/call')
      this.world.receiveCall({ address_text: 'Artigas c/ España' });
    if (url.pathname === '/mock/assign-field')
      this.world.assign(Object.keys(this.world.picture.incidents)[0] as string, [this.fieldUnit()]);
    send(response, 200, {});
  }

  private fieldUnit(): string {
    const units = Object.values(this.world.picture.units);
    return units.find((unit) => unit.callsign === 'M12')?.id ?? '';
  }

  private user(request: IncomingMessage): string {
    const name = /mock_user=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    if (name === undefined || !ROLES[name]) throw new Refusal(401, 'unauthenticated', 'Sign in.');
    return name;
  }

  private session(username: string): object {
    const [role, permissions] = ROLES[username] as [string, string[]];
    return {
      user: {
        id: username,
        username,
        display_name: username,
        roles: [role],
        agency: 'CENTRO',
        unit_id: role === 'responder' ? this.fieldUnit() : null,
      },
      permissions,
      csrf_token: 'mock',
      expires_at: nowText(),
    };
  }

  private api(request: IncomingMessage, response: ServerResponse, url: URL, body: Body): void {
    const path = url.pathname.replace('/api/v1', '');
    const route = `${request.method} ${path}`;
    if (route === 'POST /session') {
      const username = String(body.username);
      if (!ROLES[username] || body.password !== 'demo')
        throw new Refusal(401, 'wrong-credentials', 'User name or password is wrong.');
      response.setHeader('Set-Cookie', `mock_user=${username}; Path=/; HttpOnly; SameSite=Strict`);
      return send(response, 201, this.session(username));
    }
    if (route === 'DELETE /session') {
      response.setHeader('Set-Cookie', 'mock_user=; Path=/; Max-Age=0');
      return send(response, 204, null);
    }
    const user = this.user(request);
    if (route === 'GET /session') return send(response, 200, this.session(user));
    if (path.endsWith('.jpg')) return picture(response);
    if (request.method === 'GET') return send(response, 200, this.read(path, url));
    return send(response, 200, this.command(path, body, user, request.method ?? ''));
  }

  private read(path: string, url: URL): unknown {
    const { world } = this;
    const [, shelf, id, what] = path.split('/');
    if (path === '/codes') return CODES;
    if (path === '/city') return city();
    if (path === '/geocode') return geocode(url.searchParams.get('q') ?? '');
    if (path === '/route') return route(url);
    if (what === 'recommendation') return recommend(world, id as string);
    if (what === 'timeline')
      return { items: world.entries.filter((entry) => entry.incident === id) };
    if (what === 'cameras')
      return {
        items: Object.values(world.picture.cameras).map((camera, index) => ({
          camera_id: camera.id,
          name: camera.name,
          distance_m: 40 + index * 60,
        })),
      };
    throw new Refusal(404, 'not-found', `${shelf}?`);
  }

  private command(path: string, body: Body, user: string, method: string): unknown {
    const { world } = this;
    const [, shelf, id = '', what, more] = path.split('/');
    const verb = [method === 'PATCH' ? 'patch' : shelf, what, more].filter(Boolean).join(' ');
    const run: Record<string, () => unknown> = {
      calls: () => ({
        ...world.receiveCall(body as never),
        possible_duplicates: [],
        candidates: [],
      }),
      'calls take': () =>
        world.record('call.taken', id, { state: 'taken', taken_by: user, overdue: false }),
      'calls locate': () =>
        world.record('call.located', id, {
          location: body.location ?? placeNear(),
          address: body.address_text ?? 'Punto en el mapa',
          zones: [],
        }),
      'calls link': () => world.linkCall(id, String(body.incident_id)),
      'calls close': () => world.record('call.closed', id, { state: 'closed', ...body }),
      incidents: () => world.picture.incidents[world.openIncident(body as never)],
      patch: () => world.record('incident.changed', id, body, { incident: id }),
      'incidents notes': () =>
        world.record(
          'incident.noted',
          id,
          { note: { id: randomUUID(), text: body.text, author: user, at: nowText() } },
          { incident: id },
        ),
      'incidents close': () =>
        world.record(
          'incident.closed',
          id,
          { status: 'closed', closed_at: nowText(), ...body },
          { incident: id },
        ),
      'incidents assignments': () => world.assign(id, body.unit_ids as unknown as string[]),
      'incidents assignments release': () => {
        for (const unit of body.unit_ids as unknown as string[])
          world.release(unit, String(body.reason));
      },
      'units status': () => world.setStatus(id, String(body.status)),
      'units locations': () => ({ accepted: (body as unknown as unknown[]).length, rejected: [] }),
      'units emergency': () =>
        world.record('unit.emergency_declared', id, { emergency: true, location: null }),
      'units emergency clear': () =>
        world.record('unit.emergency_cleared', id, { emergency: false, ...body }),
      'alarms acknowledge': () =>
        world.record('alarm.acknowledged', id, { state: 'acknowledged', by: user }),
      'alarms dismiss': () =>
        world.record('alarm.dismissed', id, { state: 'dismissed', by: user, ...body }),
      'alarms verify': () => this.verify(id, body, user),
    };
    const found = run[verb];
    if (found === undefined) throw new Refusal(503, 'unavailable', 'Not in the mock.');
    return found() ?? {};
  }

  private verify(id: string, body: Body, user: string): object {
    const { world } = this;
    const alarm = world.picture.alarms[id];
    const incident = world.openIncident({ ...(body as object), location: alarm?.location ?? null });
    world.record(
      'alarm.verified',
      id,
      {
        state: 'verified',
        by: user,
        incident_id: incident,
        incident_version: world.next(incident),
      },
      { incident },
    );
    return { alarm: world.picture.alarms[id], incident: world.picture.incidents[incident] };
  }
}

function city(): object {
  return {
    name: 'Asunción',
    extent: [CENTRE.lon - 0.04, CENTRE.lat - 0.03, CENTRE.lon + 0.04, CENTRE.lat + 0.03],
    centre: [CENTRE.lon, CENTRE.lat],
    timezone: 'America/Asuncion',
    attribution: '© OpenStreetMap',
  };
}

function geocode(words: string): object {
  return {
    items: [1, 2, 3].map((n) => ({
      label: `${words} ${n > 1 ? `(${n})` : ''}`.trim(),
      kind: 'intersection',
      location: placeNear(),
      score: 1 / n,
      zones: [],
    })),
  };
}

function route(url: URL): object {
  const ends = ['from', 'to'].map((name) => url.searchParams.get(name)?.split(',').map(Number)) as [
    number,
    number,
  ][];
  const [from, to] = ends as [[number, number], [number, number]];
  const corner: [number, number] = [from[0], to[1]];
  return {
    duration_s: 240,
    distance_m: 1_900,
    geometry: { type: 'LineString', coordinates: [from, corner, to] },
    estimated: false,
  };
}

function tiles(request: IncomingMessage, response: ServerResponse): void {
  if (!request.url?.endsWith('.pmtiles') || !existsSync(BASEMAP)) {
    response.statusCode = 404;
    response.end();
    return;
  }
  const whole = readFileSync(BASEMAP);
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  const [start, end] = [
    Number(first ?? 0),
    Math.min(Number(last ?? whole.length), whole.length - 1),
  ];
  response.statusCode = 206;
  response.setHeader('ETag', '"mock"');
  response.setHeader('Content-Range', `bytes ${start}-${end}/${whole.length}`);
  response.end(whole.subarray(start, end + 1));
}

const STILL = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"><rect width="320" height="180" fill="#2b3a33"/>${[
  40, 120, 210,
]
  .map((x) => `<rect x="${x}" y="70" width="48" height="60" fill="#6b7d78"/>`)
  .join('')}<rect x="150" y="96" width="18" height="44" fill="#d8c8a0"/></svg>`;

function picture(response: ServerResponse): void {
  response.setHeader('Content-Type', 'image/svg+xml');
  response.setHeader('X-Captured-At', nowText());
  response.end(STILL);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader(
    'Content-Type',
    status < 400 ? 'application/json' : 'application/problem+json',
  );
  response.end(body === null ? undefined : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const part of request) text += String(part);
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  return isJson && text !== '' ? (JSON.parse(text) as Body) : ({} as Body);
}
