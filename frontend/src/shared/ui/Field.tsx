import { type ReactNode, useId } from 'react';

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId: string;
  hint?: string;
  max?: number;
  pattern?: string;
  /** More than one line is written in. */
  rows?: number;
}

/** Words to be typed, under their label. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, testId, hint, max = 200, pattern, rows } = props;
  const id = useId();
  const box = {
    id,
    className: 'input',
    value,
    maxLength: max,
    placeholder: hint,
    'data-testid': testId,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  return (
    <div className="field-box">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <input {...box} pattern={pattern} />
      ) : (
        <textarea {...box} rows={rows} />
      )}
    </div>
  );
}

interface SelectFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId: string;
  children: ReactNode;
}

/** One of a few, under its label. */
export function SelectField({ label, value, onChange, testId, children }: SelectFieldProps) {
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
        {children}
      </select>
    </div>
  );
}
