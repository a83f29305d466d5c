import { useState } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Guard } from '@/shared/ui/panel';
import { LayersTab } from './LayersTab';
import { NamesTab } from './NamesTab';
import { ReportsTab } from './ReportsTab';
import '@/features/closures/closures.css';
import './gis.css';

const TABS = ['layers', 'names', 'reports'] as const;
type Tab = (typeof TABS)[number];

/** What keeps the centre's map true: the agencies' layers, the local names, the reports of wrong places. */
export default function GisPanel() {
  const { t } = useTranslation(DESK);
  const [tab, setTab] = useState<Tab>('layers');
  return (
    <section className="gis" aria-label={t('gis.title')} data-testid="gis">
      <div className="tabs gis-tabs">
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            className="button"
            data-kind="quiet"
            aria-pressed={tab === name}
            data-testid={`gis-${name}`}
            onClick={() => setTab(name)}
          >
            {t(`gis.tab.${name}`)}
          </button>
        ))}
      </div>
      <div className="gis-body">
        <Guard key={tab}>
          {tab === 'layers' && <LayersTab />}
          {tab === 'names' && <NamesTab />}
          {tab === 'reports' && <ReportsTab />}
        </Guard>
      </div>
    </section>
  );
}
