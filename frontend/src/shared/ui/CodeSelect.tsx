import { useId } from 'react';
import { labelIn, useTranslation } from '@/shared/i18n/i18n';
import type { LabelledCode } from '@/shared/wire/answers';

interface CodeSelectProps {
  label: string;
  codes: readonly LabelledCode[];
  value: string;
  onChange: (code: string) => void;
  testId: string;
}

export function CodeSelect({ label, codes, value, onChange, testId }: CodeSelectProps) {
  const { t, language } = useTranslation('common');
  const id = useId();
  return (
    <div className="field-box">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={value}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{t('select.none')}</option>
        {codes.map((code) => (
          <option key={code.code} value={code.code}>
            {labelIn(code.labels, language, code.code)}
          </option>
        ))}
      </select>
    </div>
  );
}
