import { SUPERVISE, useTranslation } from '@/shared/i18n/i18n';
import { formatDayHour } from '@/shared/time/format';
import { Bars, Legend, Steps } from './charts';
import { count } from './figures';
import type { Asked, Queue, Queues } from './reports';
import { Shown } from './Shown';
import { Table } from './Table';
import { useReport } from './useReport';

/** Who waited: calls that nobody answered, incidents that no unit was sent to. */
export function QueuesTab({ asked }: { asked: Asked }) {
  const { t } = useTranslation(SUPERVISE);
  const loaded = useReport<Queues>('queues', asked);
  return (
    <Shown loaded={loaded}>
      {(found) => (
        <>
          {found.calls === null ? (
            <p className="muted">{t('queues.callsNotYours')}</p>
          ) : (
            <OneQueue title={t('queues.calls')} queue={found.calls} testId="queue-calls" />
          )}
          <OneQueue
            title={t('queues.incidents')}
            queue={found.incidents}
            testId="queue-incidents"
          />
        </>
      )}
    </Shown>
  );
}

function OneQueue({ title, queue, testId }: { title: string; queue: Queue; testId: string }) {
  const { t } = useTranslation(SUPERVISE);
  const day = queue.over_the_day;
  return (
    <section data-testid={testId}>
      <h3>
        {title} <span className="muted">{t('queues.most', { most: count(queue.most) })}</span>
      </h3>
      <figure>
        <Steps
          title={t('queues.series', { queue: title })}
          format={count}
          points={queue.series.map(({ at, mean, most }) => ({
            label: formatDayHour(Date.parse(at)),
            mean,
            most,
          }))}
        />
        <figcaption className="muted dense">{t('queues.seriesIs')}</figcaption>
      </figure>
      <details>
        <summary>{t('queues.overTheDay')}</summary>
        <Bars
          title={t('queues.overTheDay')}
          format={count}
          bars={day.map(({ hour, mean, most }) => ({ label: String(hour), values: [mean, most] }))}
        />
        <Legend names={[t('queues.mean'), t('queues.greatest')]} />
        <Table
          label={t('queues.overTheDay')}
          columns={[t('queues.hour'), t('queues.mean'), t('queues.greatest')]}
          rows={day.map(({ hour, mean, most }) => ({
            key: String(hour),
            cells: [`${hour} h`, mean.toFixed(2), count(most)],
          }))}
        />
      </details>
    </section>
  );
}
