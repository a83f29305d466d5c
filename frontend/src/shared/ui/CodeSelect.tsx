import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { labelIn } from '@/shared/i18n/i18n';
import type { LabelledCode } from '@/shared/wire/answers';

interface CodeSelectProps {
  label: string;
  codes: readonly LabelledCode[];
  value: string;
  onChange: (code: string) => void;
  testId: string;
}

export function CodeSelect({ label, codes, value, onChange, testId }: CodeSelectProps) {
  const { t, i18n } = useTranslation('common');
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
            {labelIn(code.labels, i18n.language, code.code)}
          </option>
        ))}
      </select>
    </div>
  );
}
