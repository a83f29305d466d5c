import { useId } from 'react';
import './forms.css';

interface TextBoxProps {
  label: string;
  value: string;
  maxLength: number;
  testId: string;
  onText: (text: string) => void;
  /** More than one line is written in. */
  rows?: number;
}

/** Words to be typed, under their label. */
export function TextBox({ label, value, maxLength, testId, onText, rows }: TextBoxProps) {
  const id = useId();
  const box = {
    id,
    className: 'input',
    maxLength,
    value,
    'data-testid': testId,
    onChange: (event: { target: { value: string } }) => onText(event.target.value),
  };
  return (
    <label className="field-box" htmlFor={id}>
      <span className="label">{label}</span>
      {rows === undefined ? <input {...box} /> : <textarea {...box} rows={rows} />}
    </label>
  );
}
