import { useMemo } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { shortNumber } from '@/shared/time/format';
import { Wait } from '@/shared/ui/ages';
import { StatusMark } from '@/shared/ui/marks';
import { Empty, Panel, Skeleton } from '@/shared/ui/panel';
import { PendingMark, usePending } from '@/shared/ui/Rejections';
import { RowList } from '@/shared/ui/RowList';
import type { Call, Id } from '@/shared/wire/types';
import { byWaiting, CALL_LIMITS_S } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import './calls.css';

interface CallQueueProps {
  onNew?: (() => void) | undefined;
  onOpen: (id: Id) => void;
}

/** Calls that are not yet part of an incident: an own queue, never mixed with technical alarms. */
export function CallQueue({ onNew, onOpen }: CallQueueProps) {
  const { t } = useTranslation(DESK);
  const ready = useSituation((state) => state.ready);
  const calls = useSituation(({ picture }) => picture.calls);
  const selectedId = useSelectedId('call');
  const ids = useMemo(
    () =>
      Object.values(calls)
        .filter((call) => call.state === 'waiting' || call.state === 'taken')
        .sort(byWaiting)
        .map((call) => call.id),
    [calls],
  );
  return (
    <Panel
      title={t('calls.title', { count: ids.length })}
      testId="calls"
      className="panel-calls"
      actions={
        onNew && (
          <button
            type="button"
            className="button"
            data-size="small"
            data-testid="new-call"
            onClick={onNew}
          >
            {t('calls.new')}
          </button>
        )
      }
    >
      {!ready && <Skeleton rows={2} />}
      {ready && ids.length === 0 && <Empty>{t('calls.none')}</Empty>}
      {ids.length > 0 && (
        <RowList
          ids={ids}
          label={t('calls.label')}
          testId="call-list"
          selectedId={selectedId}
          onSelect={(id) => select({ type: 'call', id })}
          onOpen={onOpen}
          rowClass={(id) => (calls[id]?.overdue ? 'row-overdue' : '')}
        >
          {(id) => <CallRow call={calls[id]} />}
        </RowList>
      )}
    </Panel>
  );
}

function CallRow({ call }: { call: Call | undefined }) {
  const { t } = useTranslation(DESK);
  const pending = usePending(call?.id);
  if (!call) return null;
  const waiting = call.state === 'waiting';
  const where = call.address ?? call.address_text ?? call.narrative ?? t('calls.noPlace');
  return (
    <div className={`call-row ${pending === 'no' ? '' : 'pending'}`} data-state={call.state}>
      <StatusMark tone={waiting ? 'serious' : 'standby'} />
      <strong>{shortNumber(call.number)}</strong>
      <span className="clip" title={where}>
        {where}
      </span>
      <span className="muted clip">
        {waiting ? t('common:callState.waiting') : (call.taken_by ?? '')}
      </span>
      <span>
        <PendingMark id={call.id} />
      </span>
      <span className="row-time">
        {waiting ? (
          <Wait since={call.received_at} limits={CALL_LIMITS_S} overdue={call.overdue} />
        ) : (
          <Wait since={call.received_at} />
        )}
      </span>
    </div>
  );
}
