import { useState } from 'react';
import { attempt } from '@/shared/commands/pending';
import { checkIn, setWelfare, signOff, signOn } from '@/shared/commands/units';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatAge, formatClock, formatTimer } from '@/shared/time/format';
import { useNow } from '@/shared/time/useNow';
import { Act } from '@/shared/ui/act';
import { TextField } from '@/shared/ui/Field';
import { StatusMark } from '@/shared/ui/marks';
import type { DeskUnit } from '@/shared/wire/dispatch';
import type { CrewMember } from '@/shared/wire/types';
import { select } from '@/situation/selection';
import { useSituation } from '@/situation/store';

const MINUTE_S = 60;
const WELFARE_CHOICES_S = [5, 10, 20, 30].map((minutes) => minutes * MINUTE_S);

/** Who is on the unit, until when, whether they are well, and which unit lends its crew. */
export default function UnitCrew({ unit }: { unit: DeskUnit }) {
  return (
    <>
      <Crew unit={unit} />
      <WelfareBox unit={unit} />
      <CrossStaffing unit={unit} />
    </>
  );
}

function Crew({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const mayReport = useMay('units.report_any');
  const [form, setForm] = useState(false);
  const crew = unit.crew ?? [];
  return (
    <section data-testid="unit-crew">
      <h3>{t('crew.title')}</h3>
      {crew.length === 0 ? (
        <p className="muted">{t('crew.none')}</p>
      ) : (
        <ul>
          {crew.map((member) => (
            <li key={`${member.username}${member.name}`}>
              {member.name}{' '}
              <span className="muted">
                {t(`crew.role.${member.role as 'driver'}`, { defaultValue: member.role })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <dl className="facts">
        {unit.vehicle && (
          <>
            <dt>{t('crew.vehicle')}</dt>
            <dd>{unit.vehicle}</dd>
          </>
        )}
        {unit.station && (
          <>
            <dt>{t('crew.station')}</dt>
            <dd>{unit.station}</dd>
          </>
        )}
        {(unit.equipment ?? []).length > 0 && (
          <>
            <dt>{t('crew.equipment')}</dt>
            <dd>{(unit.equipment ?? []).join(', ')}</dd>
          </>
        )}
        <Shift unit={unit} />
      </dl>
      {mayReport && (
        <div className="acts">
          <Act testId="sign-on-open" expanded={form} onClick={() => setForm(!form)}>
            {t(crew.length === 0 ? 'crew.signOn' : 'crew.change')}
          </Act>
          {crew.length > 0 && unit.assignment === null && (
            <Act testId="sign-off" onClick={() => void attempt(signOff(unit.id))}>
              {t('crew.signOff')}
            </Act>
          )}
        </div>
      )}
      {form && <SignOnForm unit={unit} onDone={() => setForm(false)} />}
    </section>
  );
}

function Shift({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const now = useNow();
  const { shift } = unit;
  if (!shift) return null;
  const left = (Date.parse(shift.ends_at) - now) / 1_000;
  return (
    <>
      <dt>{t('crew.shift')}</dt>
      <dd data-testid="unit-shift">
        {`${formatClock(Date.parse(shift.starts_at))} – ${formatClock(Date.parse(shift.ends_at))} `}
        <span className={left < 0 ? 'tone-serious' : 'muted'}>
          {left < 0
            ? t('crew.shiftOver', { age: formatAge(-left) })
            : t('crew.shiftLeft', { age: formatAge(left) })}
        </span>
        {unit.rest_due && (
          <strong className="tone-caution" data-testid="rest-due">
            {' '}
            <StatusMark tone="caution" /> {t('crew.restDue')}
          </strong>
        )}
      </dd>
    </>
  );
}

const ROLES = ['driver', 'leader', 'medic', 'member'] as const;

/** One line per person: "Conductora 1, conduce"; the last names may stay bare. */
function SignOnForm({ unit, onDone }: { unit: DeskUnit; onDone: () => void }) {
  const { t } = useTranslation(DESK);
  const [vehicle, setVehicle] = useState(unit.vehicle ?? '');
  const [equipment, setEquipment] = useState((unit.equipment ?? []).join(', '));
  const [crew, setCrew] = useState<readonly CrewMember[]>(
    unit.crew?.length ? unit.crew : [{ username: null, name: '', role: 'driver' }],
  );
  const named = crew.filter((member) => member.name.trim() !== '');
  const edit = (at: number, part: Partial<CrewMember>) =>
    setCrew(crew.map((member, index) => (index === at ? { ...member, ...part } : member)));
  const submit = async () => {
    const words = equipment
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const done = await attempt(
      signOn(unit.id, {
        crew: named.map((member) => ({ ...member, name: member.name.trim() })),
        equipment: words,
        ...(vehicle.trim() ? { vehicle: vehicle.trim() } : {}),
        ...(unit.shift ? { shift_id: unit.shift.id } : {}),
      }),
    );
    if (done !== undefined) onDone();
  };
  return (
    <form
      className="small-form"
      data-testid="sign-on-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {crew.map((member, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
        <div key={at} className="crew-line">
          <input
            className="input"
            aria-label={t('crew.name')}
            placeholder={t('crew.name')}
            maxLength={80}
            value={member.name}
            data-testid={`crew-name-${at}`}
            onChange={(event) => edit(at, { name: event.target.value, username: null })}
          />
          <select
            className="input"
            aria-label={t('crew.roleLabel')}
            value={member.role}
            onChange={(event) => edit(at, { role: event.target.value })}
          >
            {[...new Set([...ROLES, member.role])].map((role) => (
              <option key={role} value={role}>
                {t(`crew.role.${role as 'driver'}`, { defaultValue: role })}
              </option>
            ))}
          </select>
        </div>
      ))}
      <Act
        testId="crew-more"
        kind="quiet"
        onClick={() => setCrew([...crew, { username: null, name: '', role: 'member' }])}
      >
        {t('crew.more')}
      </Act>
      <TextField
        label={t('crew.vehicle')}
        max={80}
        value={vehicle}
        testId="crew-vehicle"
        onChange={setVehicle}
      />
      <TextField
        label={t('crew.equipment')}
        max={400}
        value={equipment}
        testId="crew-equipment"
        onChange={setEquipment}
      />
      <button
        type="submit"
        className="button"
        data-kind="primary"
        data-size="small"
        disabled={named.length === 0}
        data-testid="sign-on-submit"
      >
        {t('crew.signOn')}
      </button>
    </form>
  );
}

function WelfareBox({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const mayReport = useMay('units.report_any');
  const { welfare } = unit;
  if (!welfare && !mayReport) return null;
  return (
    <section data-testid="welfare">
      <h3>{t('welfare.title')}</h3>
      {welfare ? <WelfareNow unit={unit} /> : <p className="muted">{t('welfare.off')}</p>}
      {mayReport && (
        <div className="acts">
          {welfare && (
            <Act
              testId="welfare-check"
              kind="primary"
              onClick={() => void attempt(checkIn(unit.id))}
            >
              {t('welfare.check')}
            </Act>
          )}
          {WELFARE_CHOICES_S.map((seconds) => (
            <Act
              key={seconds}
              testId={`welfare-${seconds}`}
              kind="quiet"
              pressed={welfare?.interval_s === seconds}
              onClick={() => void attempt(setWelfare(unit.id, seconds))}
            >
              {t('welfare.every', { minutes: seconds / MINUTE_S })}
            </Act>
          ))}
          {welfare && (
            <Act
              testId="welfare-off"
              kind="quiet"
              onClick={() => void attempt(setWelfare(unit.id, null))}
            >
              {t('welfare.end')}
            </Act>
          )}
        </div>
      )}
    </section>
  );
}

function WelfareNow({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const now = useNow();
  const { welfare } = unit;
  if (!welfare) return null;
  const left = (Date.parse(welfare.due_at) - now) / 1_000;
  const late = left < 0 || welfare.missed > 0;
  return (
    <p className={late ? 'tone-serious' : ''} data-testid="welfare-due" data-late={late}>
      {late && <StatusMark tone="serious" />}{' '}
      {left < 0
        ? t('welfare.overdue', { timer: formatTimer(-left) })
        : t('welfare.due', { timer: formatTimer(left) })}
      {welfare.missed > 0 && ` · ${t('welfare.missed', { count: welfare.missed })}`}
    </p>
  );
}

function CrossStaffing({ unit }: { unit: DeskUnit }) {
  const { t } = useTranslation(DESK);
  const units = useSituation(({ picture }) => picture.units);
  const others = (unit.cross_staffs ?? []).flatMap((id) => (units[id] ? [units[id]] : []));
  if (others.length === 0) return null;
  return (
    <section data-testid="cross-staffing">
      <h3>{t('crossStaff.title')}</h3>
      <p className="dense muted">{t('crossStaff.why')}</p>
      <div className="acts">
        {others.map((other) => (
          <Act
            key={other.id}
            testId={`cross-${other.callsign}`}
            onClick={() => select({ type: 'unit', id: other.id })}
          >
            {`${other.callsign} · ${t(`common:activity.${other.activity}`)}`}
          </Act>
        ))}
      </div>
    </section>
  );
}
