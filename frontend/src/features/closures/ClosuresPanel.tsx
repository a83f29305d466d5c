import { useEffect, useState } from 'react';
import { ClosureWords } from '@/features/map/ClosureWords';
import { byForce, inForce, middleOf } from '@/features/map/closures';
import { PanelHead } from '@/features/map/PanelHead';
import { openRoad } from '@/shared/commands/intents';
import { attempt } from '@/shared/commands/pending';
import { centreOn, stopDrawing } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { useNow } from '@/shared/time/useNow';
import { PendingMark } from '@/shared/ui/Rejections';
import type { Closure } from '@/shared/wire/types';
import { useSituation } from '@/situation/store';
import { ClosureForm } from './ClosureForm';
import './closures.css';

type Editing = Closure | 'new' | null;

/** Every closed road as a list, the twin of what the map draws; close, change and lift from here. */
export default function ClosuresPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(DESK);
  const [editing, setEditing] = useState<Editing>(null);
  useEffect(() => stopDrawing, []);
  const done = () => {
    stopDrawing();
    setEditing(null);
  };
  return (
    <section aria-label={t('closures.title')}>
      <PanelHead title={t('closures.title')} onClose={onClose} />
      <div className="map-panel-body">
        {editing === null ? (
          <List onEdit={setEditing} />
        ) : (
          <ClosureForm closure={editing === 'new' ? null : editing} onDone={done} />
        )}
      </div>
    </section>
  );
}

function List({ onEdit }: { onEdit: (editing: Editing) => void }) {
  const { t } = useTranslation(DESK);
  const mayClose = useMay('closures.write');
  const now = useNow();
  const closures = useSituation(({ picture }) => picture.closures);
  const sorted = Object.values(closures).toSorted(byForce(now));
  return (
    <>
      {mayClose ? (
        <button
          type="button"
          className="button"
          data-kind="primary"
          data-testid="closure-new"
          onClick={() => onEdit('new')}
        >
          {t('closures.new')}
        </button>
      ) : (
        <p className="muted">{t('closures.mayNot')}</p>
      )}
      {sorted.length === 0 && <p className="muted">{t('closures.none')}</p>}
      <ul className="closure-list" data-testid="closure-list">
        {sorted.map((closure) => (
          <li
            key={closure.id}
            data-testid="closure"
            data-id={closure.id}
            data-force={inForce(closure, now)}
          >
            <p>
              <span className="closure-sign" aria-hidden="true" />
              <strong>{closure.reason}</strong> <PendingMark id={closure.id} />
            </p>
            <ClosureWords closure={closure} />
            <p className="closure-actions">
              <button
                type="button"
                className="button"
                data-size="small"
                onClick={() => centreOn(middleOf(closure.geometry))}
              >
                {t('closures.show')}
              </button>
              {mayClose && (
                <>
                  <button
                    type="button"
                    className="button"
                    data-size="small"
                    data-testid="closure-edit"
                    onClick={() => onEdit(closure)}
                  >
                    {t('closures.edit')}
                  </button>
                  <button
                    type="button"
                    className="button"
                    data-size="small"
                    data-testid="closure-lift"
                    onClick={() => void attempt(openRoad(closure))}
                  >
                    {t('closures.lift')}
                  </button>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
