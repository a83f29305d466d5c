import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Act } from '@/shared/ui/act';
import { StatusMark } from '@/shared/ui/marks';
import { select } from '@/situation/selection';
import { showStorm, useStorms } from './storms';

/** "40 llamadas: ¿el mismo hecho?" above the queue; the machine offers, a person decides. */
export default function StormOffers() {
  const { t } = useTranslation(DESK);
  const storms = useStorms();
  if (storms.length === 0) return null;
  return (
    <ul className="storms" data-testid="storms">
      {storms.map((storm) => (
        <li key={storm.id} className="storm-offer" data-testid="storm-offer">
          <StatusMark tone="serious" />
          <strong className="clip">{t('storm.offer', { count: storm.call_ids.length })}</strong>
          <span className="muted clip">{storm.words.slice(0, 4).join(', ')}</span>
          <Act
            testId="storm-open"
            onClick={() => {
              select(null);
              showStorm(storm.id);
            }}
          >
            {t('storm.look')}
          </Act>
        </li>
      ))}
    </ul>
  );
}
