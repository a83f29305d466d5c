import { useMemo, useState } from 'react';
import { useEtas } from '@/features/assigning/recommendation';
import { useLabel } from '@/shared/api/reference';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance, formatEta, shortNumber } from '@/shared/time/format';
import { FixAge, Wait } from '@/shared/ui/ages';
import { UnitMark } from '@/shared/ui/marks';
import { Empty, Panel, Skeleton } from '@/shared/ui/panel';
import { usePending } from '@/shared/ui/Rejections';
import { RowList } from '@/shared/ui/RowList';
import type { RecommendedUnit } from '@/shared/wire/answers';
import type { DeskUnit } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { byReadiness } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { unitFix, useSituation } from '@/situation/store';
import './units.css';

type Shown = 'available' | 'all' | 'attention';

export function UnitBoard({ onOpen }: { onOpen: (id: Id) => void }) {
  const { t } = useTranslation(DESK);
  const [shown, setShown] = useState<Shown>('all');
  const ready = useSituation((state) => state.ready);
  const units = useSituation(({ picture }) => picture.units);
  const selectedId = useSelectedId('unit');
  const etas = useEtas();
  const sorted = useMemo(() => {
    const seconds = new Map([...etas].map(([id, one]) => [id, one.eta_s ?? Infinity]));
    return Object.values(units).sort(byReadiness(seconds));
  }, [units, etas]);
  const available = sorted.filter((unit) => unit.availability === 'available');
  const attention = sorted.filter(needsAttention);
  const ids = { all: sorted, available, attention }[shown].map((unit) => unit.id);
  const tab = (which: Shown, count: number) => (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-pressed={shown === which}
      data-testid={`units-${which}`}
      onClick={() => setShown(which)}
    >
      {which === 'attention' ? t('unitTabs.attention', { count }) : t(`units.${which}`, { count })}
    </button>
  );
  return (
    <Panel
      title={t('units.title')}
      testId="units"
      className="panel-units"
      actions={
        <>
          {etas.size > 0 && <span className="dense muted">{t('units.byEta')}</span>}
          {tab('available', available.length)}
          {tab('all', sorted.length)}
          {attention.length > 0 && tab('attention', attention.length)}
        </>
      }
    >
      {!ready && <Skeleton rows={5} />}
      {ready && ids.length === 0 && (
        <Empty>{t(`units.none.${shown === 'attention' ? 'all' : shown}`)}</Empty>
      )}
      {ids.length > 0 && (
        <RowList
          ids={ids}
          label={t('units.label')}
          testId="unit-list"
          selectedId={selectedId}
          onSelect={(id) => select({ type: 'unit', id })}
          onOpen={onOpen}
          rowClass={(id) => (units[id]?.emergency ? 'row-late' : '')}
        >
          {(id) => <UnitRow unit={units[id]} eta={etas.get(id)} />}
        </RowList>
      )}
    </Panel>
  );
}

/** What a person at the desk should decide or ask over the radio. */
const needsAttention = (unit: DeskUnit): boolean =>
  Boolean(unit.proposal) ||
  Boolean(unit.disagreement) ||
  (unit.welfare?.missed ?? 0) > 0 ||
  unit.rest_due === true;

function Attention({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const outLabel = useLabel('out_reasons');
  if ((unit.welfare?.missed ?? 0) > 0)
    return <strong className="tone-serious">{` · ${t('welfare.missedShort')}`}</strong>;
  if (unit.proposal)
    return (
      <strong className="tone-caution">
        {` · ${t('proposal.short', {
          status: t(`common:activity.${unit.proposal.status as 'on_scene'}`, {
            defaultValue: unit.proposal.status,
          }),
        })}`}
      </strong>
    );
  if (unit.disagreement)
    return <span className="tone-caution">{` · ${t('proposal.doubtShort')}`}</span>;
  if (unit.rest_due) return <span className="tone-caution">{` · ${t('crew.restDue')}`}</span>;
  if (unit.out_reason) return <span className="muted">{` · ${outLabel(unit.out_reason)}`}</span>;
  return null;
}

function UnitRow({ unit, eta }: { unit: DeskUnit | undefined; eta: RecommendedUnit | undefined }) {
  const { t } = useTranslation(DESK);
  const at = useSituation(({ live }) => (unit ? unitFix(live, unit.id)?.occurred_at : undefined));
  const number = useSituation(({ picture }) =>
    unit?.assignment ? picture.incidents[unit.assignment.incident_id]?.number : undefined,
  );
  const pending = usePending(unit?.id);
  if (!unit) return null;
  return (
    <div
      className={`unit-row ${pending === 'no' ? '' : 'pending'}`}
      data-callsign={unit.callsign}
      data-activity={unit.activity}
    >
      <UnitMark unit={unit} />
      <strong className={unit.emergency ? 'tone-critical' : ''}>{unit.callsign}</strong>
      <span className="muted clip">{unit.agency}</span>
      <span className="clip">
        {unit.emergency ? (
          <strong className="tone-critical">{t('units.emergency')}</strong>
        ) : (
          t(`common:activity.${unit.activity}`)
        )}
        {unit.assignment?.overdue && (
          <strong className="tone-serious">{t('units.noAnswer')}</strong>
        )}
        <Attention unit={unit} />
      </span>
      <span>{number ? shortNumber(number) : ''}</span>
      <span className="row-time">{eta?.eta_s != null ? formatEta(eta.eta_s) : ''}</span>
      <span className="row-time muted">
        {eta?.distance_m != null ? formatDistance(eta.distance_m) : <Wait since={unit.status_at} />}
      </span>
      <span className="row-time">
        <FixAge at={at} />
      </span>
    </div>
  );
}
