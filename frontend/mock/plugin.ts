import type { Plugin } from 'vite';
export const mockCentre = (): Plugin => ({ name: 'mock-centre' });
