import { lazy, Suspense, useMemo, useState } from 'react';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { shortNumber } from '@/shared/time/format';
import { Wait } from '@/shared/ui/ages';
import { StatusMark, type Tone } from '@/shared/ui/marks';
import { Empty, Guard, Panel, Skeleton } from '@/shared/ui/panel';
import { PendingMark, usePending } from '@/shared/ui/Rejections';
import { RowList } from '@/shared/ui/RowList';
import type { DeskCall } from '@/shared/wire/dispatch';
import type { Id } from '@/shared/wire/types';
import { byWaiting, CALL_LIMITS_S } from '@/situation/order';
import { select, useSelectedId } from '@/situation/selection';
import { useSituation } from '@/situation/store';
import { useCallbacks } from './callbackList';
import { isAbandoned } from './holding';
import './calls.css';

const StormOffers = lazy(() => import('./StormOffers'));

type Shown = 'queue' | 'callbacks';

interface CallQueueProps {
  onNew?: (() => void) | undefined;
  onOpen: (id: Id) => void;
}

/** Calls that are not yet part of an incident: an own queue, never mixed with technical alarms. */
export function CallQueue({ onNew, onOpen }: CallQueueProps) {
  const { t } = useTranslation(DESK);
  const [shown, setShown] = useState<Shown>('queue');
  const ready = useSituation((state) => state.ready);
  const calls = useSituation(({ picture }) => picture.calls);
  const selectedId = useSelectedId('call');
  const back = useCallbacks();
  const queue = useMemo(
    () =>
      Object.values(calls)
        .filter((call) => call.state === 'waiting' || call.state === 'taken')
        .sort(byWaiting)
        .map((call) => call.id),
    [calls],
  );
  const ids = shown === 'queue' ? queue : [...back.keys()];
  const find = (id: Id): DeskCall | undefined => calls[id] ?? back.get(id);
  const tab = (which: Shown, count: number) => (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-pressed={shown === which}
      data-testid={`calls-${which}`}
      onClick={() => setShown(which)}
    >
      {t(`callTabs.${which}`, { count })}
    </button>
  );
  return (
    <Panel
      title={t('calls.title', { count: queue.length })}
      testId="calls"
      className="panel-calls"
      actions={
        <>
          {tab('queue', queue.length)}
          {tab('callbacks', back.size)}
          {onNew && (
            <button
              type="button"
              className="button"
              data-size="small"
              data-testid="new-call"
              onClick={onNew}
            >
              {t('calls.new')}
            </button>
          )}
        </>
      }
    >
      <div className="call-panel">
        <Guard>
          <Suspense fallback={null}>
            <StormOffers />
          </Suspense>
        </Guard>
        {!ready && <Skeleton rows={2} />}
        {ready && ids.length === 0 && (
          <Empty>{t(shown === 'queue' ? 'calls.none' : 'callTabs.noCallbacks')}</Empty>
        )}
        {ids.length > 0 && (
          <RowList
            key={shown}
            ids={ids}
            label={t('calls.label')}
            testId="call-list"
            selectedId={selectedId}
            onSelect={(id) => select({ type: 'call', id })}
            onOpen={onOpen}
            rowClass={(id) => (find(id)?.overdue ? 'row-overdue' : '')}
          >
            {(id) => <CallRow call={find(id)} />}
          </RowList>
        )}
      </div>
    </Panel>
  );
}

function toneOf(call: DeskCall): Tone {
  if (call.claim_stale) return 'caution';
  if (isAbandoned(call) || call.rering) return 'caution';
  return call.state === 'waiting' ? 'serious' : 'standby';
}

function CallRow({ call }: { call: DeskCall | undefined }) {
  const { t } = useTranslation(DESK);
  const pending = usePending(call?.id);
  if (!call) return null;
  const waiting = call.state === 'waiting';
  const where = call.address ?? call.address_text ?? call.narrative ?? t('calls.noPlace');
  return (
    <div
      className={`call-row ${pending === 'no' ? '' : 'pending'}`}
      data-state={call.state}
      data-stale={call.claim_stale ?? false}
    >
      <StatusMark tone={toneOf(call)} />
      <strong>{shortNumber(call.number)}</strong>
      <span className="clip" title={where}>
        {where}
      </span>
      <span className={call.claim_stale ? 'tone-caution clip' : 'muted clip'}>
        <WhoHas call={call} />
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

function WhoHas({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  if (isAbandoned(call)) return t('callTabs.abandoned');
  if (call.rering && call.state === 'closed') return t('callTabs.rering');
  if (call.state === 'waiting') return t('callState.waiting');
  const by = call.taken_by ?? '';
  return (
    <>
      {call.language && call.language !== 'es' && `${call.language} · `}
      {call.claim_stale ? t('callTabs.stale', { by }) : by}
      {call.line === 'hung_up' && ` · ${t('callTabs.hungUp')}`}
    </>
  );
}
