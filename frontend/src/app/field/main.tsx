/** The responder's page: an entry of its own, so that a phone loads no control room. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '@/shared/i18n/i18n';
import { showTheme } from '@/shared/theme/theme';
import { FieldApp } from './FieldApp';
import '@/shared/theme/tokens.css';

const root = document.getElementById('root');
if (root === null) throw new Error('field.html has no #root');

showTheme();
await startI18n(['field']);
createRoot(root).render(
  <StrictMode>
    <FieldApp />
  </StrictMode>,
);
