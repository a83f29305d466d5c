import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { mockCentre } from './mock/plugin.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The dev and preview servers answer the pages' addresses as the centre does. */
const pages = (): Plugin => {
  const rewrite = (request: { url?: string | undefined }) => {
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/field' || path.startsWith('/field/')) request.url = '/field.html';
    else if (/^\/(console|intake|wall|map|login|)$/.test(path)) request.url = '/index.html';
  };
  const use = (server: {
    middlewares: {
      use: (f: (q: { url?: string | undefined }, r: unknown, n: () => void) => void) => void;
    };
  }) => {
    server.middlewares.use((request, _response, next) => {
      rewrite(request);
      next();
    });
  };
  return { name: 'pages', configureServer: use, configurePreviewServer: use };
};

const EVERYWHERE =
  /src\/(situation\/(store|fold|order|selection)|shared\/(api|live|rights|theme|time|geo\/shapes|commands\/pending|i18n\/\w+\.ts|ui\/(panel|ages|marks|ConnectionBar)))/;

const centre = process.env.OPS_URL ?? 'http://127.0.0.1:8000';
const proxied = Object.fromEntries(
  ['/api', '/tiles', '/health'].map((path) => [path, { target: centre }]),
);

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === 'mock' ? [mockCentre()] : []), pages()],
  resolve: { alias: { '@': here('./src') } },
  worker: { format: 'es' as const },
  server: {
    host: '127.0.0.1',
    ...(mode === 'mock' ? {} : { proxy: { ...proxied, '/ws': { target: centre, ws: true } } }),
  },
  build: {
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    chunkSizeWarningLimit: 1100,
    rolldownOptions: {
      input: { app: here('./index.html'), field: here('./field.html') },
      // What every page needs is one file: a dozen small ones compress worse and cost a phone time.
      output: { codeSplitting: { groups: [{ name: 'base', test: EVERYWHERE }] } },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    setupFiles: ['src/shared/testing/setup.ts'],
  },
}));
