import { useState } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { serverClock } from '@/shared/time/clock';
import { formatAge } from '@/shared/time/format';
import type { Layer } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import type { Published } from './gis';
import { LoadReport } from './LoadReport';
import { UploadForm } from './UploadForm';
import { Versions } from './Versions';

/** Layers: what there is, its versions, and another one from a file. */
export function LayersTab() {
  const { t } = useTranslation(DESK);
  const [open, setOpen] = useState<string | null>(null);
  const [published, setPublished] = useState<Published | null>(null);
  const layers = useSituation(({ picture }) => picture.layers);
  const sorted = Object.values(layers).toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <UploadForm onPublished={setPublished} />
      {published && (
        <LoadReport
          name={published.layer.name}
          version={published.version.number}
          report={published.report}
        />
      )}
      {sorted.length === 0 && <p className="muted">{t('versions.none')}</p>}
      <ul className="gis-list" data-testid="gis-layer-list">
        {sorted.map((layer) => (
          <li key={layer.id}>
            <button
              type="button"
              className="gis-row"
              aria-expanded={open === layer.name}
              data-testid={`gis-layer-${layer.name}`}
              onClick={() => setOpen(open === layer.name ? null : layer.name)}
            >
              <strong>{layer.name}</strong>
              <About layer={layer} />
            </button>
            {open === layer.name && <Versions layer={layer} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function About({ layer }: { layer: Layer }) {
  const { t } = useTranslation(DESK);
  const ageS = (serverClock.now() - Date.parse(layer.published_at)) / 1_000;
  const { published: version, features } = layer;
  return (
    <span className="muted dense">
      {t(`layerKind.${layer.kind as 'custom'}`, { defaultValue: layer.kind })}
      {layer.agency ? ` · ${layer.agency}` : ''} ·{' '}
      {t('layers.about', { version, features, age: formatAge(ageS) })}
    </span>
  );
}
