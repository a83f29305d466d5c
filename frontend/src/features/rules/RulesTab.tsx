import { useCallback, useState } from 'react';
import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { formatDayClock } from '@/shared/time/format';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import { RuleEditor } from './RuleEditor';
import { type RuleVersion, ruleNames } from './rules';
import './rules.css';

/** The centre's rules as documents: which there are, who changed them, and each to read or edit. */
export function RulesTab() {
  const { t } = useTranslation(SUPERVISE);
  const { value, problem, again } = useLoaded(useCallback(() => ruleNames(), []));
  const [chosen, setChosen] = useState<string | null>(null);
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton rows={5} />;
  return (
    <div className="rules">
      <ul className="rules-list" aria-label={t('rules.title')} data-testid="rules">
        {value.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              className="rules-row"
              aria-pressed={chosen === one.name}
              data-testid={`rules-${one.name}`}
              onClick={() => setChosen(one.name)}
            >
              <strong>{t(`rules.name.${one.name as 'clocks'}`, { defaultValue: one.name })}</strong>
              <span className="muted dense">
                <Changed version={one} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen === null ? (
        <p className="message muted">{t('rules.choose')}</p>
      ) : (
        <RuleEditor key={chosen} name={chosen} onChanged={again} />
      )}
    </div>
  );
}

export function Changed({ version }: { version: RuleVersion }) {
  const { t } = useTranslation(SUPERVISE);
  if (version.version === 0 || version.changed_at === null) return t('rules.shipped');
  return t('rules.changed', {
    version: version.version,
    by: version.changed_by ?? '',
    at: formatDayClock(Date.parse(version.changed_at)),
  });
}
