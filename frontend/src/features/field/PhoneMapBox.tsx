import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { DRIVE, useTranslation } from '@/shared/i18n/i18n';
import { formatAge, formatDecimal } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { askManifest, canKeep, keepMap, phoneMap, removeMap } from './phoneMap';

const MB = 1_000_000;

/** The map that is kept on this phone: size and age, fetch, renew, remove. */
export function PhoneMapBox() {
  const { t } = useTranslation(DRIVE);
  const [open, setOpen] = useState(false);
  const { kept, progress } = useStore(phoneMap);
  useEffect(() => void askManifest(), []);
  const state = progress !== null ? 'loading' : kept ? 'kept' : 'none';
  return (
    <div className="phone-map" data-testid="phone-map" data-state={state}>
      <button
        type="button"
        className="button"
        aria-expanded={open}
        data-testid="phone-map-open"
        onClick={() => setOpen(!open)}
      >
        {progress !== null
          ? t('map.loading', { percent: Math.floor(progress * 100) })
          : t(kept ? 'map.kept' : 'map.none')}
      </button>
      {open && <Body />}
    </div>
  );
}

function Body() {
  const { t } = useTranslation(DRIVE);
  const now = useNow();
  const { kept, offered, progress, trouble } = useStore(phoneMap);
  const size = (bytes: number) => t('map.size', { mb: formatDecimal(bytes / MB) });
  const newer = kept !== null && offered !== null && offered.etag !== kept.etag;
  return (
    <div className="phone-map-body">
      {kept ? (
        <p data-testid="phone-map-about">
          {size(kept.bytes)} ·{' '}
          {t('map.age', { age: formatAge((now - Date.parse(kept.saved_at)) / 1_000) })}
          {newer ? ` · ${t('map.newer')}` : ''}
        </p>
      ) : (
        <p>
          {t('map.why')} {offered ? size(offered.bytes) : ''}
        </p>
      )}
      {progress !== null && <progress value={progress} max={1} aria-label={t('map.fetching')} />}
      {trouble && (
        <p className="tone-caution" role="alert">
          {t(`map.trouble.${trouble}`)}
        </p>
      )}
      <p className="phone-map-actions">
        <button
          type="button"
          className="button"
          disabled={progress !== null || !canKeep()}
          data-testid="phone-map-keep"
          onClick={() => void keepMap()}
        >
          {t(kept ? 'map.renew' : 'map.keep')}
        </button>
        {kept && (
          <button
            type="button"
            className="button"
            disabled={progress !== null}
            data-testid="phone-map-remove"
            onClick={() => void removeMap()}
          >
            {t('map.remove')}
          </button>
        )}
      </p>
    </div>
  );
}
