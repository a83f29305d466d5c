import { type ReactNode, useEffect, useRef, useState } from 'react';
import './hold.css';

export const HOLD_MS = 1_500;

interface HoldButtonProps {
  children: ReactNode;
  onHeld: () => void;
  label: string;
  testId: string;
  disabled?: boolean;
}

/** Acts only when pressed and held: a filling bar shows how far, a short buzz tells that it is done. */
export function HoldButton({ children, onHeld, label, testId, disabled = false }: HoldButtonProps) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const release = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  };
  const press = () => {
    if (disabled || timer.current !== null) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      release();
      navigator.vibrate?.([80, 40, 80]);
      onHeld();
    }, HOLD_MS);
  };
  useEffect(() => () => void (timer.current !== null && clearTimeout(timer.current)), []);

  const isKey = (key: string) => key === ' ' || key === 'Enter';
  return (
    <button
      type="button"
      className="hold"
      data-holding={holding}
      data-testid={testId}
      aria-label={label}
      disabled={disabled}
      onPointerDown={press}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => isKey(event.key) && !event.repeat && press()}
      onKeyUp={release}
      onBlur={release}
    >
      <span className="hold-fill" aria-hidden="true" />
      <span className="hold-text">{children}</span>
    </button>
  );
}
