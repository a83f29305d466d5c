import { DESK, type DeskWords, useTranslation } from '@/shared/i18n/i18n';
import { Fold } from '@/shared/ui/act';
import type { RecommendationGains, Why } from '@/shared/wire/dispatch';

/** Which plan asks for these units, and what made it fit. */
export function RunCard({ card }: { card: RecommendationGains['run_card'] }) {
  const { t } = useTranslation(DESK);
  if (card === null) return null;
  return (
    <Fold title={t('runCard.title', { name: card.name, version: card.version })} testId="run-card">
      <ul className="dense">
        {card.because.map((why) => (
          <li key={JSON.stringify(why)}>{becauseText(why, t)}</li>
        ))}
      </ul>
    </Fold>
  );
}

function becauseText(why: Why | string, t: DeskWords): string {
  if (typeof why === 'string') return t(`because.${why as 'type'}`, { defaultValue: why });
  const given = { ...why, ...(why.params as object | undefined) };
  return t(`because.${why.code as 'type'}`, { ...given, defaultValue: why.code });
}
