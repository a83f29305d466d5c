import { useState } from 'react';
import { useLabel, useReference } from '@/shared/api/reference';
import { answerQuestion, startInterview } from '@/shared/commands/calls';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { DESK, labelIn, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { Act } from '@/shared/ui/act';
import { PriorityBadge } from '@/shared/ui/marks';
import { Empty, Failure, Skeleton } from '@/shared/ui/panel';
import { TypeAhead } from '@/shared/ui/TypeAhead';
import { useAsked } from '@/shared/ui/useAsked';
import type { Labels } from '@/shared/wire/answers';
import type { DeskCall, InterviewAnswer, ProtocolQuestion } from '@/shared/wire/dispatch';
import { answerOfKey, choicesOf, keyOfAnswer } from './answerKeys';

/** The questions of a type, one at a time; what an answer does to the priority is said at once. */
export function InterviewPanel({ call }: { call: DeskCall }) {
  const mayWrite = useMay('calls.write');
  if (!call.interview) return mayWrite ? <Begin call={call} /> : null;
  return <Going key={call.id} call={call} mayWrite={mayWrite} />;
}

function Begin({ call }: { call: DeskCall }) {
  const { t } = useTranslation(DESK);
  const [type, setType] = useState<string | null>(null);
  const types = useReference((state) => state.codes.incident_types);
  const chosen = types.find((one) => one.code === type) as { protocol?: string | null } | undefined;
  return (
    <div className="interview" data-testid="interview-begin">
      <TypeAhead
        label={t('interview.about')}
        value={type}
        testId="interview-type"
        onChoose={({ code }) => setType(code)}
      />
      {type !== null && chosen?.protocol === null && <Empty>{t('interview.noProtocol')}</Empty>}
      <Act
        testId="interview-start"
        kind="primary"
        disabled={type === null}
        onClick={() => type !== null && void attempt(startInterview(call.id, type))}
      >
        {t('interview.start')}
      </Act>
    </div>
  );
}

function Going({ call, mayWrite }: { call: DeskCall; mayWrite: boolean }) {
  const { t, language } = useTranslation(DESK);
  const { answer, problem } = useAsked<InterviewAnswer>(`/calls/${call.id}/interview`, {
    because: call.version,
  });
  const typeLabel = useLabel('incident_types');
  if (answer === null) return problem ? <Failure problem={problem} /> : <Skeleton rows={3} />;
  const question = answer.next[0];
  return (
    <div className="interview" data-testid="interview" data-done={answer.done}>
      <p>
        <strong>{typeLabel(answer.type)}</strong>{' '}
        {answer.priority !== null && <PriorityBadge priority={answer.priority} />}
      </p>
      {answer.opening && answer.answers.length === 0 && (
        <ReadAloud words={labelIn(answer.opening, language, '')} />
      )}
      <Effects interview={answer} />
      {question && mayWrite ? (
        <Question key={question.code} call={call} question={question} />
      ) : (
        <p className="tone-normal" data-testid="interview-done">
          {t('interview.done')}
        </p>
      )}
      <p className="dense muted">{t('interview.answered', { count: answer.answers.length })}</p>
    </div>
  );
}

function ReadAloud({ words }: { words: string }) {
  const { t } = useTranslation(DESK);
  if (words === '') return null;
  return (
    <p className="read-aloud" data-testid="read-aloud">
      <span className="dense">{t('interview.readAloud')}</span>
      {words}
    </p>
  );
}

interface QuestionProps {
  call: DeskCall;
  question: ProtocolQuestion;
}

function Question({ call, question }: QuestionProps) {
  const { t, language } = useTranslation(DESK);
  const [sent, setSent] = useState(false);
  const give = (answer: string | number) => {
    if (sent) return;
    setSent(true);
    void attempt(answerQuestion(call.id, question.code, answer)).then(
      (done) => done === undefined && setSent(false),
    );
  };
  const choices = choicesOf(question);
  return (
    <div
      role="group"
      aria-label={t('interview.question')}
      data-testid="question"
      data-code={question.code}
    >
      <p className="question">{labelIn(question.text, language, question.code)}</p>
      {choices === null ? (
        <WrittenAnswer number={question.kind === 'number'} onGive={give} />
      ) : (
        <Choices choices={choices} sent={sent} onGive={give} />
      )}
    </div>
  );
}

interface ChoicesProps {
  choices: readonly { code: string; labels?: Labels }[];
  sent: boolean;
  onGive: (code: string) => void;
}

function Choices({ choices, sent, onGive }: ChoicesProps) {
  const { t, language } = useTranslation(DESK);
  useKeyLayer((key) => {
    const code = answerOfKey(key, choices);
    if (code === null) return false;
    onGive(code);
    return true;
  });
  return (
    <div className="codes">
      {choices.map(({ code, labels }, index) => (
        <Act
          key={code}
          testId={`answer-${code}`}
          hint={keyOfAnswer(code, index)}
          disabled={sent}
          onClick={() => onGive(code)}
        >
          {labels
            ? labelIn(labels, language, code)
            : t(`interview.${code as 'yes' | 'no' | 'unknown'}`)}
        </Act>
      ))}
    </div>
  );
}

function WrittenAnswer({
  number,
  onGive,
}: {
  number: boolean;
  onGive: (answer: string | number) => void;
}) {
  const { t } = useTranslation(DESK);
  const [text, setText] = useState('');
  return (
    <form
      className="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') onGive(number ? Number(text) : text.trim());
      }}
    >
      <input
        className="input"
        aria-label={t('interview.answer')}
        // biome-ignore lint/a11y/noAutofocus: the next question's answer is typed right away
        autoFocus
        type={number ? 'number' : 'text'}
        min={0}
        maxLength={500}
        value={text}
        data-testid="answer-text"
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button" data-size="small" disabled={text.trim() === ''}>
        {t('interview.next')}
      </button>
    </form>
  );
}

/** What the answers so far did, the newest first: the priority, what to read out, another type. */
function Effects({ interview }: { interview: InterviewAnswer }) {
  const { t, language } = useTranslation(DESK);
  const typeLabel = useLabel('incident_types');
  return (
    <ul className="effects" data-testid="effects">
      {interview.effects.toReversed().map((effect) => (
        <li key={`${effect.question}${labelIn(effect.why ?? undefined, 'es', '')}`}>
          <p className="effect">
            {effect.from !== null && effect.from !== effect.to && (
              <>
                <PriorityBadge priority={effect.from} /> {'→'}{' '}
                {effect.to !== null && <PriorityBadge priority={effect.to} />}
              </>
            )}
            <span>{labelIn(effect.why ?? undefined, language, t('interview.changed'))}</span>
            {effect.propose_type && (
              <strong>{t('interview.propose', { type: typeLabel(effect.propose_type) })}</strong>
            )}
          </p>
          {effect.read_out && <ReadAloud words={labelIn(effect.read_out, language, '')} />}
        </li>
      ))}
    </ul>
  );
}
