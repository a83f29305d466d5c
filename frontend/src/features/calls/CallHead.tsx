import { useState } from 'react';
import { useSession } from '@/features/session/session';
import { giveBackCall, hangUpCall, markLanguage, takeOverCall } from '@/shared/commands/calls';
import { takeCall } from '@/shared/commands/intents';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { shortNumber } from '@/shared/time/format';
import { Act, AskReason } from '@/shared/ui/act';
import { Wait } from '@/shared/ui/ages';
import { StatusMark } from '@/shared/ui/marks';
import { PendingMark } from '@/shared/ui/Rejections';
import { CALL_LANGUAGES, type DeskCall } from '@/shared/wire/dispatch';
import { canTake, holder } from './holding';

const TAKE_KEY = 't';
/** Names of languages are said in their own language on every screen. */
const SPOKEN = { es: 'es', gn: 'gn', jopara: 'jopará', en: 'en', other: '…' } as const;

/** Which call, in whose hands, on which line, in which language. */
export function CallHead({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  const me = useSession()?.user;
  const mayWrite = useMay('calls.write');
  const held = holder(call, me);
  const take = mayWrite && canTake(call);
  useKeyLayer((key) => {
    if (key !== TAKE_KEY) return false;
    void attempt(takeCall(call.id));
    return true;
  }, take);
  return (
    <>
      <header className="detail-head">
        <h2>{t('common:word.call', { number: shortNumber(call.number) })}</h2>
        <span data-testid="call-state" data-state={call.state}>
          {t(`callState.${call.state}`)}
        </span>
        <Wait since={call.received_at} overdue={call.overdue} />
        <Line call={call} />
        <PendingMark id={call.id} />
        {take && (
          <Act
            testId="call-take"
            kind="primary"
            hint={TAKE_KEY}
            onClick={() => void attempt(takeCall(call.id))}
          >
            {t('call.take')}
          </Act>
        )}
      </header>
      {call.state === 'taken' && (
        <p className="holder" data-testid="call-holder" data-held={held}>
          {call.claim_stale ? (
            <strong className="tone-caution">
              <StatusMark tone="caution" /> {t('holding.stale', { by: call.taken_by ?? '' })}
            </strong>
          ) : (
            t(held === 'me' ? 'holding.me' : 'holding.other', { by: call.taken_by ?? '' })
          )}
        </p>
      )}
      {mayWrite && <HoldingActs call={call} held={held} />}
      {mayWrite && <Languages call={call} />}
    </>
  );
}

function Line({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  if (!call.line) return null;
  return (
    <span
      className={call.line === 'open' ? 'chip tone-normal' : 'chip tone-off'}
      data-testid="call-line"
      data-line={call.line}
    >
      {t(`line.${call.line}`)}
    </span>
  );
}

function HoldingActs({ call, held }: { call: DeskCall; held: 'me' | 'other' | 'nobody' }) {
  const { t } = useTranslation(DESK);
  const [asking, setAsking] = useState(false);
  if (call.state !== 'taken') return null;
  return (
    <>
      <div className="acts">
        {held === 'other' && (
          <Act
            testId="call-take-over"
            kind={call.claim_stale ? 'primary' : undefined}
            expanded={asking}
            onClick={() =>
              call.claim_stale ? void attempt(takeOverCall(call.id)) : setAsking(!asking)
            }
          >
            {t('holding.takeOver')}
          </Act>
        )}
        {held === 'me' && (
          <Act testId="call-release" onClick={() => void attempt(giveBackCall(call.id))}>
            {t('holding.release')}
          </Act>
        )}
        {held === 'me' && call.line === 'open' && (
          <Act testId="call-hang-up" onClick={() => void attempt(hangUpCall(call.id))}>
            {t('holding.hangUp')}
          </Act>
        )}
      </div>
      {asking && (
        <AskReason
          label={t('holding.why', { by: call.taken_by ?? '' })}
          submit={t('holding.takeOver')}
          testId="take-over-reason"
          often={[
            t('holding.often.away'),
            t('holding.often.language'),
            t('holding.often.transfer'),
          ]}
          onCancel={() => setAsking(false)}
          onSubmit={(reason) => {
            setAsking(false);
            void attempt(takeOverCall(call.id, reason));
          }}
        />
      )}
    </>
  );
}

function Languages({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  return (
    <div className="acts" role="group" aria-label={t('callLanguage')}>
      <span className="dense muted">{t('callLanguage')}</span>
      {CALL_LANGUAGES.map((language) => (
        <Act
          key={language}
          testId={`language-${language}`}
          kind="quiet"
          pressed={call.language === language}
          onClick={() => void attempt(markLanguage(call, language))}
        >
          {SPOKEN[language]}
        </Act>
      ))}
    </div>
  );
}
