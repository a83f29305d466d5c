/** A list of equal rows: one tab stop, arrows, only visible rows in the page, calm when new ones come. */

import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from '@/shared/i18n/i18n';
import { useQuietOrder } from '@/shared/ui/useQuietOrder';
import type { Id } from '@/shared/wire/types';
import './rowlist.css';

export const ROW_PX = 28;
const ROWS_BEYOND = 6;

interface RowListProps {
  /** Ids in the order that they should stand in. */
  ids: readonly Id[];
  label: string;
  testId: string;
  selectedId: Id | null;
  onSelect: (id: Id) => void;
  /** Enter or double click on a row. */
  onOpen?: (id: Id) => void;
  children: (id: Id) => ReactNode;
  /** Extra class of a row, e.g. for lateness. */
  rowClass?: (id: Id) => string;
}

export function RowList(props: RowListProps) {
  const { label, testId, selectedId, onSelect, onOpen, children, rowClass } = props;
  const box = useRef<HTMLDivElement>(null);
  const { ids, touch, newAbove } = useQuietOrder(props.ids);
  const { first, last, onScroll } = useWindow(box, ids.length);
  const hiddenNew = useNewAbove(box, newAbove);

  const go = useCallback(
    (step: number) => {
      const at = selectedId === null ? -1 : ids.indexOf(selectedId);
      const next = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
      if (next !== undefined) onSelect(next);
    },
    [ids, selectedId, onSelect],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that moves by itself must not scroll the list
  useEffect(() => {
    const index = selectedId === null ? -1 : ids.indexOf(selectedId);
    if (index >= 0) keepInView(box.current, index);
  }, [selectedId]);

  function onKeyDown(event: KeyboardEvent) {
    touch();
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      go(step);
    } else if (event.key === 'Enter' && selectedId !== null && ids.includes(selectedId)) {
      event.preventDefault();
      event.stopPropagation();
      onOpen?.(selectedId);
    }
  }

  return (
    <div
      ref={box}
      className="rows"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={
        selectedId !== null && ids.includes(selectedId) ? rowId(testId, selectedId) : undefined
      }
      data-testid={testId}
      data-count={ids.length}
      onKeyDown={onKeyDown}
      onPointerMove={touch}
      onScroll={onScroll}
    >
      {hiddenNew > 0 && <NewAbove count={hiddenNew} box={box} />}
      <div style={{ height: ids.length * ROW_PX, position: 'relative' }}>
        {ids.slice(first, last).map((id, index) => (
          <div
            key={id}
            id={rowId(testId, id)}
            className={`row ${rowClass?.(id) ?? ''}`}
            style={{ top: (first + index) * ROW_PX }}
            role="option"
            tabIndex={-1}
            aria-selected={id === selectedId}
            aria-posinset={first + index + 1}
            aria-setsize={ids.length}
            data-id={id}
            data-testid={`${testId}-row`}
            onClick={() => onSelect(id)}
            onDoubleClick={() => onOpen?.(id)}
            onKeyDown={undefined}
          >
            {children(id)}
          </div>
        ))}
      </div>
    </div>
  );
}

const rowId = (testId: string, id: Id) => `${testId}-${id}`;

function keepInView(box: HTMLDivElement | null, index: number): void {
  if (box === null) return;
  const [top, bottom] = [index * ROW_PX, (index + 1) * ROW_PX];
  if (top < box.scrollTop) box.scrollTop = top;
  else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
}

/** Which rows are near the visible part. */
function useWindow(box: React.RefObject<HTMLDivElement | null>, count: number) {
  const [view, setView] = useState({ top: 0, height: 600 });
  const onScroll = useCallback(() => {
    const element = box.current;
    if (element) setView({ top: element.scrollTop, height: element.clientHeight || 600 });
  }, [box]);
  useLayoutEffect(() => {
    onScroll();
    if (box.current === null || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(onScroll);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, onScroll]);
  const first = Math.max(0, Math.floor(view.top / ROW_PX) - ROWS_BEYOND);
  const last = Math.min(count, Math.ceil((view.top + view.height) / ROW_PX) + ROWS_BEYOND);
  return { first, last, onScroll };
}

/** Rows that came in above while the reader was busy: keep what is seen in place and count them. */
function useNewAbove(box: React.RefObject<HTMLDivElement | null>, added: number): number {
  const [hidden, setHidden] = useState(0);
  const seen = useRef(added);
  useLayoutEffect(() => {
    const came = added - seen.current;
    seen.current = added;
    if (box.current === null || came <= 0) return;
    box.current.scrollTop += came * ROW_PX;
    setHidden((count) => (box.current && box.current.scrollTop > 0 ? count + came : 0));
  }, [box, added]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const clear = () => element.scrollTop === 0 && setHidden(0);
    element.addEventListener('scroll', clear);
    return () => element.removeEventListener('scroll', clear);
  }, [box]);
  return hidden;
}

function NewAbove({ count, box }: { count: number; box: React.RefObject<HTMLDivElement | null> }) {
  const { t } = useTranslation('common');
  return (
    <button
      type="button"
      className="button rows-new"
      data-size="small"
      onClick={() => box.current?.scrollTo({ top: 0 })}
    >
      {t('list.newAbove', { count })}
    </button>
  );
}
