import { type FormEvent, useState } from 'react';
import { addSector, addTask, declareMajor, endMajor, moveTask } from '@/shared/commands/incidents';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Act } from '@/shared/ui/act';
import { At } from '@/shared/ui/ages';
import { TextField } from '@/shared/ui/Field';
import { Empty } from '@/shared/ui/panel';
import type { DeskIncident, Major, MajorTask, TaskState } from '@/shared/wire/dispatch';
import { activeAssignments } from '@/situation/order';

/** Who commands, which parts the scene has, what is to be done by whom. */
export function MajorTab({ incident }: { incident: DeskIncident }) {
  const mayWrite = useMay('incidents.write');
  const { major } = incident;
  if (!major) return mayWrite ? <Declare incident={incident} /> : null;
  return <Command incident={incident} major={major} mayWrite={mayWrite} />;
}

function Declare({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const [commander, setCommander] = useState('');
  const [post, setPost] = useState('');
  return (
    <form
      className="small-form"
      data-testid="major-declare"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(
          declareMajor(incident, {
            ...(commander.trim() ? { commander: commander.trim() } : {}),
            ...(post.trim() ? { post: post.trim() } : {}),
          }),
        );
      }}
    >
      <p className="dense muted">{t('major.lead')}</p>
      <TextField
        label={t('major.commander')}
        value={commander}
        onChange={setCommander}
        testId="major-commander"
      />
      <TextField label={t('major.post')} value={post} onChange={setPost} testId="major-post" />
      <button type="submit" className="button" data-size="small" data-testid="major-submit">
        {t('major.declare')}
      </button>
    </form>
  );
}

interface CommandProps {
  incident: DeskIncident;
  major: Major;
  mayWrite: boolean;
}

function Command({ incident, major, mayWrite }: CommandProps) {
  const { t } = useTranslation(DESK);
  const open = major.tasks.filter((task) => task.state === 'open' || task.state === 'doing');
  const groups = [
    ...major.sectors.map((sector) => ({ ...sector, tasks: inSector(major, sector.id) })),
    { id: null, name: t('major.noSector'), supervisor: null, tasks: inSector(major, null) },
  ].filter((group) => group.id !== null || group.tasks.length > 0);
  return (
    <div className="major" data-testid="major">
      <dl className="facts">
        <dt>{t('major.commander')}</dt>
        <dd>
          <strong data-testid="major-commander-name">{major.commander ?? t('major.nobody')}</strong>
        </dd>
        <dt>{t('major.post')}</dt>
        <dd>{major.post ?? '–'}</dd>
        <dt>{t('major.since')}</dt>
        <dd>
          <At at={major.declared_at} /> · {major.by}
        </dd>
        <dt>{t('major.tasks')}</dt>
        <dd>{t('major.taskCount', { open: open.length, all: major.tasks.length })}</dd>
      </dl>
      {groups.length === 0 && <Empty>{t('major.noSectors')}</Empty>}
      {groups.map((group) => (
        <section key={group.id ?? 'none'} className="sector" data-testid="sector">
          <h3>
            {group.name}
            {group.supervisor && <span className="muted">{` · ${group.supervisor}`}</span>}
          </h3>
          <ul>
            {group.tasks.map((task) => (
              <TaskRow key={task.id} incident={incident} task={task} mayWrite={mayWrite} />
            ))}
          </ul>
        </section>
      ))}
      {mayWrite && (
        <>
          <AddTask incident={incident} major={major} />
          <AddSector incident={incident} />
          <Act testId="major-end" onClick={() => void attempt(endMajor(incident))}>
            {t('major.end')}
          </Act>
        </>
      )}
    </div>
  );
}

const inSector = (major: Major, id: string | null) =>
  major.tasks.filter((task) => task.sector_id === id);

const NEXT: Partial<Record<TaskState, TaskState>> = { open: 'doing', doing: 'done' };

interface TaskRowProps {
  incident: DeskIncident;
  task: MajorTask;
  mayWrite: boolean;
}

function TaskRow({ incident, task, mayWrite }: TaskRowProps) {
  const { t } = useTranslation(DESK);
  const next = NEXT[task.state];
  const callsign = incident.assignments.find((one) => one.unit_id === task.unit_id)?.callsign;
  return (
    <li className="task" data-testid="task" data-state={task.state}>
      <span className="chip">{t(`major.state.${task.state}`)}</span>
      <span className={next ? 'prose' : 'prose muted'}>
        {task.text}
        {callsign && <strong>{` · ${callsign}`}</strong>}
      </span>
      {mayWrite && next && (
        <span className="acts">
          <Act testId={`task-${next}`} onClick={() => void attempt(moveTask(incident, task, next))}>
            {t(`major.make.${next as 'doing'}`)}
          </Act>
          <Act
            testId="task-dropped"
            kind="quiet"
            onClick={() => void attempt(moveTask(incident, task, 'dropped'))}
          >
            {t('major.make.dropped')}
          </Act>
        </span>
      )}
    </li>
  );
}

function AddTask({ incident, major }: { incident: DeskIncident; major: Major }) {
  const { t } = useTranslation(DESK);
  const [text, setText] = useState('');
  const [sector, setSector] = useState('');
  const [unit, setUnit] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const done = await attempt(
      addTask(incident, {
        text: text.trim(),
        ...(sector ? { sector_id: sector } : {}),
        ...(unit ? { unit_id: unit } : {}),
      }),
    );
    if (done !== undefined) setText('');
  }
  return (
    <form className="small-form" onSubmit={(event) => void submit(event)}>
      <TextField label={t('major.newTask')} value={text} onChange={setText} testId="task-text" />
      <div className="acts">
        <Choice
          label={t('major.sector')}
          value={sector}
          onChange={setSector}
          options={major.sectors.map((one) => [one.id, one.name])}
        />
        <Choice
          label={t('major.unit')}
          value={unit}
          onChange={setUnit}
          options={activeAssignments(incident).map((one) => [one.unit_id, one.callsign])}
        />
        <button
          type="submit"
          className="button"
          data-size="small"
          disabled={text.trim() === ''}
          data-testid="task-add"
        >
          {t('notes.submit')}
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [string, string])[];
}

function Choice({ label, value, onChange, options }: ChoiceProps) {
  return (
    <select
      className="input small-select"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{label}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function AddSector({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const [name, setName] = useState('');
  const [supervisor, setSupervisor] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const done = await attempt(
      addSector(incident, {
        name: name.trim(),
        ...(supervisor.trim() ? { supervisor: supervisor.trim() } : {}),
      }),
    );
    if (done !== undefined) setName('');
  }
  return (
    <form className="small-form" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t('major.newSector')}
        value={name}
        onChange={setName}
        testId="sector-name"
      />
      <TextField
        label={t('major.supervisor')}
        value={supervisor}
        onChange={setSupervisor}
        testId="sector-supervisor"
      />
      <button
        type="submit"
        className="button"
        data-size="small"
        disabled={name.trim() === ''}
        data-testid="sector-add"
      >
        {t('notes.submit')}
      </button>
    </form>
  );
}
