import { LANGUAGES, type Language, setLanguage, useTranslation } from '@/shared/i18n/i18n';

/** Each language is named in itself; names of languages are not translated. */
const NAMES: Record<Language, string> = { es: 'Español', gn: 'Avañe’ẽ', en: 'English' };

export function LanguageSwitch({ short = false }: { short?: boolean }) {
  const { t, language: spoken } = useTranslation('common');
  return (
    <div className="languages" role="group" aria-label={t('language')} data-testid="language">
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          lang={language}
          title={NAMES[language]}
          aria-pressed={spoken === language}
          onClick={() => void setLanguage(language)}
        >
          {short ? language : NAMES[language]}
        </button>
      ))}
    </div>
  );
}
