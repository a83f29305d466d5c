import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { attempt, run } from '@/shared/commands/pending';
import { matchesWords } from '@/shared/commands/text';
import { centreOn, pickPoint, showMarks } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { TextField } from '@/shared/ui/Field';
import { Failure, Skeleton } from '@/shared/ui/panel';
import { useLoaded } from '@/shared/ui/useLoaded';
import type { Point } from '@/shared/wire/types';
import { addName, changeName, type LocalName, localNames, removeName } from './gis';

const PAGES_MOST = 20;

/** All local names; there are hundreds at most, and one searches them here. */
async function all(): Promise<LocalName[]> {
  const found: LocalName[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MOST; page += 1) {
    const { items, next_cursor } = await localNames(cursor);
    found.push(...items);
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return found;
}

/** What people call places here: names that no map has. */
export function NamesTab() {
  const { t } = useTranslation(DESK);
  const [find, setFind] = useState('');
  const [editing, setEditing] = useState<LocalName | 'new' | null>(null);
  const { value, problem, again } = useLoaded(useCallback(all, []));
  const done = () => {
    setEditing(null);
    again();
  };
  if (editing !== null)
    return <NameForm entry={editing === 'new' ? null : editing} onDone={done} />;
  if (problem) return <Failure problem={problem} retry={again} />;
  if (value === null) return <Skeleton />;
  const shown = value.filter((one) => matchesWords([one.name, ...one.aliases].join(' '), find));
  return (
    <>
      <div className="gis-pair">
        <TextField label={t('names.find')} value={find} testId="names-find" onChange={setFind} />
        <button
          type="button"
          className="button"
          data-kind="primary"
          data-testid="name-new"
          onClick={() => setEditing('new')}
        >
          {t('names.new')}
        </button>
      </div>
      {value.length === 0 && <p className="muted">{t('names.none')}</p>}
      <ul className="gis-list" data-testid="name-list">
        {shown.map((one) => (
          <li key={one.id} data-testid="local-name">
            <p>
              <strong>{one.name}</strong>{' '}
              <span className="muted">
                {[...(one.target ? [`→ ${one.linked_to ?? one.target}`] : []), ...one.aliases].join(
                  ' · ',
                )}
              </span>
            </p>
            {one.note && <p className="dense">{one.note}</p>}
            <p className="closure-actions">
              {one.lon !== null && one.lat !== null && (
                <button
                  type="button"
                  className="button"
                  data-size="small"
                  onClick={() => centreOn({ lon: one.lon ?? 0, lat: one.lat ?? 0 })}
                >
                  {t('reports.show')}
                </button>
              )}
              <button
                type="button"
                className="button"
                data-size="small"
                data-testid="name-edit"
                onClick={() => setEditing(one)}
              >
                {t('names.edit')}
              </button>
              <button
                type="button"
                className="button"
                data-size="small"
                data-testid="name-remove"
                onClick={() => void attempt(removeName(one)).then(again)}
              >
                {t('names.remove')}
              </button>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function NameForm({ entry, onDone }: { entry: LocalName | null; onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const [name, setName] = useState(entry?.name ?? '');
  const [target, setTarget] = useState(entry?.target ?? '');
  const [aliases, setAliases] = useState(entry?.aliases.join(', ') ?? '');
  const [note, setNote] = useState(entry?.note ?? '');
  const [at, setAt] = useState<Point | null>(
    entry && entry.lon !== null && entry.lat !== null ? { lon: entry.lon, lat: entry.lat } : null,
  );
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    showMarks(at ? [{ place: { ...at, uncertainty_m: 0, confidence: 1 }, label: name }] : []);
    return () => showMarks([]);
  }, [at, name]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    const fields = {
      name: name.trim(),
      aliases: aliases
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
      ...(entry || note.trim() !== '' ? { note: note.trim() || null } : {}),
      ...(entry || target.trim() !== '' ? { target: target.trim() || null } : {}),
      ...(at ?? {}),
    };
    try {
      await run(entry ? changeName(entry, fields) : addName(fields));
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }

  const placed = at !== null || target.trim() !== '';
  return (
    <form className="closure-form" data-testid="name-form" onSubmit={(event) => void submit(event)}>
      <TextField label={t('names.name')} value={name} testId="name-name" onChange={setName} />
      <TextField
        label={t('names.aliases')}
        value={aliases}
        max={500}
        testId="name-aliases"
        onChange={setAliases}
      />
      <TextField
        label={t('names.target')}
        value={target}
        testId="name-target"
        onChange={setTarget}
      />
      <p className="closure-actions">
        <span className="muted">{t('names.where')}</span>
        {at ? t('report.picked') : t('report.rightNone')}
        <button
          type="button"
          className="button"
          data-size="small"
          data-testid="name-pick"
          onClick={() => void pickPoint().then((point) => point && setAt(point))}
        >
          {t('report.pick')}
        </button>
      </p>
      <TextField
        label={t('names.note')}
        value={note}
        max={500}
        testId="name-note"
        onChange={setNote}
      />
      {!placed && <p className="muted">{t('names.needPlace')}</p>}
      {problem && <Failure problem={problem} />}
      <p className="closure-actions">
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={name.trim() === '' || !placed}
          data-testid="name-save"
        >
          {t('names.save')}
        </button>
        <button type="button" className="button" data-kind="quiet" onClick={onDone}>
          {t('common:action.cancel')}
        </button>
      </p>
    </form>
  );
}
