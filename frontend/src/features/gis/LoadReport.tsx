import { DESK, useTranslation } from '@/shared/i18n/i18n';
import type { LoadReport as Report, Told } from './gis';
import { refusedUrl } from './gis';

interface LoadReportProps {
  name: string;
  version: number;
  report: Report;
}

/** What became of each row of a file: published, put right, doubtful, refused and why. */
export function LoadReport({ name, version, report }: LoadReportProps) {
  const { t } = useTranslation(DESK);
  const { rows, kept, mended, doubtful, refused, remarks = [] } = report;
  return (
    <section className="gis-report" aria-live="polite" data-testid="load-report">
      <h3>{t('loadReport.title', { layer: name, version })}</h3>
      <p className="gis-counts">
        <Count words={t('loadReport.read')} count={rows} />
        <Count words={t('loadReport.kept')} count={kept} tone="normal" />
        <Count words={t('loadReport.mended')} count={mended?.rows ?? 0} />
        <Count words={t('loadReport.doubted')} count={doubtful?.rows ?? 0} />
        <Count words={t('loadReport.refused')} count={refused?.rows ?? 0} tone="serious" />
      </p>
      {remarks.map((remark) => (
        <p key={remark} className="dense" lang="en">
          {remark}
        </p>
      ))}
      <Rows title={t('loadReport.refusedTitle')} told={refused} testId="report-refused" open />
      {(refused?.rows ?? 0) > 0 && (
        <p>
          <a
            className="button"
            href={refusedUrl(name, version)}
            download={`${name}-v${version}-refused.geojson`}
            data-testid="report-download"
          >
            {t('loadReport.download')}
          </a>
        </p>
      )}
      <Rows title={t('loadReport.mendedTitle')} told={mended} testId="report-mended" />
      <Rows title={t('loadReport.doubtedTitle')} told={doubtful} testId="report-doubted" />
    </section>
  );
}

function Count({ words, count, tone }: { words: string; count: number; tone?: string }) {
  return (
    <span className={count > 0 && tone ? `tone-${tone}` : ''}>
      <strong>{count}</strong> {words}
    </span>
  );
}

interface RowsProps {
  title: string;
  told: Told | undefined;
  testId: string;
  open?: boolean;
}

function Rows({ title, told, testId, open = false }: RowsProps) {
  const { t } = useTranslation(DESK);
  if (!told || told.rows === 0) return null;
  const reason = (code: string) => t(`rowReason.${code as 'no_id'}`, { defaultValue: code });
  return (
    <details className="edit" open={open} data-testid={testId}>
      <summary>
        {title}:{' '}
        {Object.entries(told.by_reason)
          .map(([code, count]) => `${reason(code)} ${count}`)
          .join(', ')}
      </summary>
      <table className="gis-table">
        <tbody>
          {told.listed.map((one) => (
            <tr key={`${one.row}-${one.reason}`}>
              <td>{t('loadReport.rowOf', { row: one.row })}</td>
              <td>{one.id === String(one.row) ? '' : (one.id ?? '–')}</td>
              <td>{reason(one.reason)}</td>
              <td className="muted" lang="en">
                {one.detail}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
