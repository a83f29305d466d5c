/** Weighs each page's JavaScript (gzip) against its budget: node budget.mjs [BUILT FOLDER]; fails when over. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = process.argv[2] ?? 'dist';
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
const weigh = (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length / 1024;

/** Every chunk that is loaded with `key`, without what it loads later. */
function loaded(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) loaded(next, seen);
  return seen;
}

const total = (keys) => [...keys].reduce((sum, key) => sum + weigh(manifest[key].file), 0);
const keyOf = (part) => Object.keys(manifest).find((key) => key.endsWith(part));
const without = (keys, others) => [...keys].filter((key) => !others.has(key));
const words = (...parts) => parts.map((part) => keyOf(`catalogues/es/${part}.json`));

const shell = new Set([...loaded('index.html'), ...words('common')]);
const field = new Set([...loaded('field.html'), ...words('common', 'field')]);
const map = loaded(keyOf('features/map/DeskMap.tsx'));
const desk = new Set([
  ...loaded(keyOf('console/ConsolePage.tsx')),
  ...words('desk', 'geo', 'dispatch'),
]);
const wall = new Set([...loaded(keyOf('wall/WallPage.tsx')), ...words('desk', 'geo', 'dispatch')]);
const supervise = new Set([
  ...loaded(keyOf('supervise/SupervisePage.tsx')),
  ...words('desk', 'geo', 'dispatch', 'supervise'),
]);
const all = new Set([...shell, ...field]);
const worker = readdirSync(join(folder, 'assets')).find((name) =>
  name.includes('maplibre-gl-worker'),
);

const rows = [
  ['app shell', total(shell), 140],
  ['/console own, without map', total(without(desk, shell)), 130],
  ['/wall own, without map', total(without(wall, shell)), 130],
  ['/supervise own', total(without(supervise, shell)), 130],
  ['/field, without map', total(field), 90],
  ['map', total(without(map, all)), 310],
  ...(worker ? [['map worker', weigh(`assets/${worker}`), 150]] : []),
];

let over = false;
for (const [name, kb, most] of rows) {
  over ||= kb > most;
  console.log(
    `${name.padEnd(28)} ${kb.toFixed(1).padStart(7)} KB of ${most}${kb > most ? '  OVER' : ''}`,
  );
}
process.exitCode = over ? 1 : 0;
