/** The control room's shell: one small start, then the page that the address asks for. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '@/shared/i18n/i18n';
import { App } from './App';
import '@/shared/theme/tokens.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

await startI18n(location.pathname === '/login' ? [] : ['desk', 'geo', 'dispatch']);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
