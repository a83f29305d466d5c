import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useSituation } from '@/situation/store';
import { featureWords } from './agency';
import { ClosureWords } from './ClosureWords';
import type { Hover } from './engine';

/** What was clicked on the map and is no object of the centre: always text, whatever the data hold. */
export function FeatureCard({ feature, onClose }: { feature: Hover; onClose: () => void }) {
  const { t } = useTranslation(DESK);
  const closure = useSituation(({ picture }) => picture.closures[feature.id]);
  if (feature.type === 'closure' && closure === undefined) return null;
  const properties = feature.properties ?? {};
  const words = featureWords(properties);
  return (
    <aside className="map-feature" role="status" data-testid="map-feature">
      <header>
        <strong>{closure ? closure.reason : String(properties.name ?? t('feature.noName'))}</strong>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          aria-label={t('common:action.close')}
          onClick={onClose}
        >
          {'✕'}
        </button>
      </header>
      {closure ? (
        <ClosureWords closure={closure} />
      ) : (
        <>
          <p className="muted dense">{t('feature.of', { layer: feature.layer })}</p>
          {words.length === 0 && <p className="muted">{t('feature.none')}</p>}
          <dl className="facts">
            {words.map(([name, value]) => (
              <Pair key={name} name={name} value={value} />
            ))}
          </dl>
        </>
      )}
    </aside>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
