import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Fold } from '@/shared/ui/act';
import { StatusMark } from '@/shared/ui/marks';
import { useAsked } from '@/shared/ui/useAsked';
import type { AlarmLoad } from '@/shared/wire/dispatch';
import { useSituation } from '@/situation/store';

const AGAIN_MS = 10_000;
/** What one person can handle, a yardstick of process industry: more is said, not hidden. */
const MOST_PER_HOUR = 12;

/** Whether the alarms are too many, what was held back of them, and who carries how much. */
export default function AlarmHealth() {
  const { t } = useTranslation(DESK);
  const count = useSituation(({ picture }) => Object.keys(picture.alarms).length);
  const { answer } = useAsked<AlarmLoad>('/alarms/load', { because: count, everyMs: AGAIN_MS });
  if (answer === null) return null;
  const suppressed = answer.suppressed_total;
  return (
    <div className="alarm-health" data-testid="alarm-health" data-flood={answer.flood}>
      {answer.flood && (
        <p className="flood" role="status" data-testid="flood">
          <StatusMark tone="serious" /> <strong>{t('flood.title')}</strong>{' '}
          {t('flood.lead', { count: suppressed })}
        </p>
      )}
      <p className="dense muted">
        <span data-testid="shelved-count">{t('flood.shelved', { count: answer.shelved })}</span>
        {' · '}
        <span data-testid="suppressed-count">{t('flood.suppressed', { count: suppressed })}</span>
      </p>
      <Groups groups={answer.groups} />
      {answer.operators.length > 0 && (
        <Fold title={t('flood.load')} testId="alarm-load">
          <table className="coverage">
            <thead>
              <tr>
                <th scope="col">{t('flood.operator')}</th>
                <th scope="col">{t('flood.tenMinutes')}</th>
                <th scope="col">{t('flood.hour')}</th>
              </tr>
            </thead>
            <tbody>
              {answer.operators.map((one) => (
                <tr key={one.name}>
                  <th scope="row">{one.name}</th>
                  <td>{one.last_10_min}</td>
                  <td className={one.last_hour > MOST_PER_HOUR ? 'tone-serious' : ''}>
                    {one.last_hour}
                    {one.last_hour > MOST_PER_HOUR && ' !'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Fold>
      )}
    </div>
  );
}

function Groups({ groups }: { groups: AlarmLoad['groups'] }) {
  const { t } = useTranslation(DESK);
  const many = groups.filter((group) => group.count > 1);
  if (many.length === 0) return null;
  return (
    <ul className="dense alarm-groups" data-testid="alarm-groups">
      {many.map((group) => (
        <li key={group.key} data-group={group.key}>
          <strong>{`${group.count}×`}</strong> <span className="clip">{group.label}</span>{' '}
          <span className="muted">
            {t('flood.group', { open: group.open, suppressed: group.suppressed })}
          </span>
        </li>
      ))}
    </ul>
  );
}
