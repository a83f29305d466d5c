import { useTranslation } from '@/shared/i18n/i18n';
import { PriorityBadge } from '@/shared/ui/marks';
import './forms.css';
import type { Priority } from '@/shared/wire/types';

interface PriorityPickerProps {
  value: Priority | null;
  onPick: (priority: Priority) => void;
  disabled?: boolean;
}

const ALL: readonly Priority[] = [1, 2, 3, 4];

export function PriorityPicker({ value, onPick, disabled = false }: PriorityPickerProps) {
  const { t } = useTranslation('common');
  return (
    <div className="priorities" role="group" aria-label={t('word.priority')}>
      {ALL.map((priority) => (
        <button
          key={priority}
          type="button"
          className="button"
          data-size="small"
          aria-pressed={value === priority}
          disabled={disabled}
          data-testid={`priority-${priority}`}
          onClick={() => onPick(priority)}
        >
          <PriorityBadge priority={priority} />
        </button>
      ))}
    </div>
  );
}
