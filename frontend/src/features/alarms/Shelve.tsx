import { useState } from 'react';
import { shelveAlarm, unshelveAlarm } from '@/shared/commands/alarms';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatClock } from '@/shared/time/format';
import { Act, AskReason } from '@/shared/ui/act';
import type { DeskAlarm } from '@/shared/wire/dispatch';
import { shelvingMinutes } from './shelving';

/** Aside for some minutes and with a reason; it comes back unacknowledged by itself. */
export function ShelveForm({ alarm, onDone }: { alarm: DeskAlarm; onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const choices = shelvingMinutes(alarm.priority);
  const [minutes, setMinutes] = useState(choices[0] ?? 0);
  if (choices.length === 0) return <p className="muted">{t('shelve.never')}</p>;
  return (
    <AskReason
      label={t('shelve.reason')}
      submit={t('shelve.submit', { minutes })}
      testId="shelve"
      often={[t('shelve.often.maintenance'), t('shelve.often.weather'), t('shelve.often.known')]}
      onCancel={onDone}
      onSubmit={(reason) => {
        onDone();
        void attempt(shelveAlarm(alarm.id, minutes, reason));
      }}
    >
      <div className="acts" role="group" aria-label={t('shelve.minutes')}>
        {choices.map((one) => (
          <Act
            key={one}
            testId={`shelve-${one}`}
            pressed={one === minutes}
            onClick={() => setMinutes(one)}
          >
            {t('shelve.for', { minutes: one })}
          </Act>
        ))}
      </div>
    </AskReason>
  );
}

export function Shelved({ alarm }: { alarm: DeskAlarm }) {
  const { t } = useTranslation(DESK);
  const { shelved } = alarm;
  if (!shelved) return null;
  return (
    <p className="dense" data-testid="shelved">
      {t('shelve.until', {
        at: formatClock(Date.parse(shelved.until)),
        by: shelved.by,
        reason: shelved.reason,
      })}{' '}
      <Act testId="unshelve" kind="quiet" onClick={() => void attempt(unshelveAlarm(alarm.id))}>
        {t('shelve.back')}
      </Act>
    </p>
  );
}
