import { useCallback, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDayClock } from '@/shared/time/format';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import type { Layer } from '@/shared/wire/types';
import {
  type Comparison,
  compare,
  DIFFERENCES,
  type LayerVersion,
  type LoadReport as Report,
  refusedUrl,
  reportOf,
  rollBack,
  versionsOf,
} from './gis';
import { LoadReport } from './LoadReport';

/** The versions of a layer: what each held, how it differs from the one in use, and the way back. */
export function Versions({ layer }: { layer: Layer }) {
  const { t } = useTranslation(DESK);
  const { name, version } = layer;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version of the layer means asking again
  const load = useCallback(() => versionsOf(name), [name, version]);
  const { value, problem, again } = useLoaded(load);
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton rows={2} />;
  return (
    <ul
      className="gis-versions"
      aria-label={t('versions.title', { layer: name })}
      data-testid="versions"
    >
      {value.map((one) => (
        <Version key={one.number} layer={layer} version={one} />
      ))}
    </ul>
  );
}

function Version({ layer, version }: { layer: Layer; version: LayerVersion }) {
  const { t } = useTranslation(DESK);
  const [found, setFound] = useState<Comparison | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { number, features, refused, published_by, published_at } = version;

  /** Ask for something and show it; what the centre refuses is shown in its place. */
  async function ask<T>(what: Promise<T>, show: (found: T) => void) {
    setProblem(null);
    try {
      show(await what);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }

  return (
    <li data-testid="version" data-number={number} data-in-force={version.in_force}>
      <p>
        <strong>{`v${number}`}</strong> {formatDayClock(Date.parse(published_at))} · {published_by}{' '}
        · {features} {t('versions.features')}
        {refused > 0 ? ` · ${refused} ${t('versions.refused')}` : ''}
        {version.in_force ? ` · ${t('versions.now')}` : ''}
      </p>
      <p className="closure-actions">
        {version.in_force ? (
          <button
            type="button"
            className="button"
            data-size="small"
            data-testid="version-report"
            onClick={() => void ask(reportOf(layer.name), setReport)}
          >
            {t('versions.report')}
          </button>
        ) : (
          <>
            <button
              type="button"
              className="button"
              data-size="small"
              data-testid="version-compare"
              onClick={() =>
                void ask(compare(layer.name, number, layer.published ?? number), setFound)
              }
            >
              {t('versions.compare')}
            </button>
            <button
              type="button"
              className="button"
              data-size="small"
              data-testid="version-rollback"
              onClick={() => void attempt(rollBack(layer, number))}
            >
              {t('versions.rollback')}
            </button>
          </>
        )}
        {refused > 0 && (
          <a
            className="button"
            data-size="small"
            href={refusedUrl(layer.name, number)}
            download={`${layer.name}-v${number}-refused.geojson`}
          >
            {t('loadReport.download')}
          </a>
        )}
      </p>
      {problem && <Failure problem={problem} />}
      {found && <Differences found={found} />}
      {report && <LoadReport name={layer.name} version={number} report={report} />}
    </li>
  );
}

/** What the version in use has more, less, elsewhere or otherwise. */
function Differences({ found }: { found: Comparison }) {
  const { t } = useTranslation(DESK);
  return (
    <div role="status" data-testid="comparison">
      {DIFFERENCES.map((what) => (
        <details key={what} className="edit" data-testid={`difference-${what}`}>
          <summary>{t(`versions.${what}`, { count: found.counts[what] ?? 0 })}</summary>
          <p className="dense">
            {found[what].map(({ id, name }) => (name ? `${id} ${name}` : id)).join(' · ')}
          </p>
        </details>
      ))}
    </div>
  );
}
