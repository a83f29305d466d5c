import { DESK, useTranslation } from '@/shared/i18n/i18n';

/** The title of a panel over the map, and the way out of it. */
export function PanelHead({ title, onClose }: { title: string; onClose: () => void }) {
  const { t } = useTranslation(DESK);
  return (
    <header className="map-panel-head">
      <h2>{title}</h2>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        data-size="small"
        aria-label={t('tools.close')}
        data-testid="map-panel-close"
        onClick={onClose}
      >
        {'✕'}
      </button>
    </header>
  );
}
