import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { pickedPlace } from '@/shared/commands/intents';
import { centreOn, pickPoint, showMarks } from '@/shared/geo/mapBus';
import { distanceM } from '@/shared/geo/shapes';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { formatDistance } from '@/shared/time/format';
import { Failure } from '@/shared/ui/panel';
import '@/shared/ui/forms.css';
import type { GeocodeResult } from '@/shared/wire/answers';
import type { Id, Place, Point } from '@/shared/wire/types';
import { nearOf, useCandidates } from './candidates';
import { WrongPlace } from './WrongPlace';

export interface Chosen {
  text: string;
  place: Place | null;
}

interface AddressSearchProps {
  label: string;
  initial: string;
  onChoose: (chosen: Chosen) => void;
  /** Told what is typed before anything is chosen. */
  onText?: (text: string) => void;
  autoFocus?: boolean;
  testId: string;
  /** Where the caller probably is: what is near comes first, and distances count from there. */
  near?: Point | null;
  /** The words have their place already: ask only once they are changed. */
  settled?: boolean;
  callId?: Id;
  /** Only words to a place: no pointing at the map, no report. */
  plain?: boolean;
}

/**
 * Words to a place: the map answers each keystroke. Enter takes the answer when it is certain; when
 * several places fit it goes to the list, where a digit chooses. Nothing is ever chosen by itself.
 */
export function AddressSearch(props: AddressSearchProps) {
  const { label, initial, onChoose, onText, autoFocus = false, testId, near, plain } = props;
  const { settled = false } = props;
  const { t } = useTranslation(DESK);
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const [text, setText] = useState(initial);
  const [chosen, setChosen] = useState<string | null>(settled ? initial : null);
  const [report, setReport] = useState<GeocodeResult | 'nothing' | null>(null);
  const { answer, problem } = useCandidates(text === chosen ? '' : text, near);
  const { items } = answer;

  useEffect(() => {
    showMarks(items.map(({ location }, index) => ({ place: location, label: String(index + 1) })));
    return () => showMarks([]);
  }, [items]);

  function choose(result: GeocodeResult) {
    setText(result.label);
    setChosen(result.label);
    onText?.(result.label);
    onChoose({ text: result.label, place: result.location });
    centreOn(result.location);
  }

  async function point() {
    const at = await pickPoint();
    if (at !== null) onChoose({ text, place: pickedPlace(at) });
  }

  function onInputKey(event: KeyboardEvent) {
    const best = items[0];
    if (best === undefined) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (answer.certain) choose(best);
      else list.current?.focus();
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.focus();
    }
  }

  return (
    <div className="field-box">
      <label htmlFor={id}>{label}</label>
      <div className="search-line">
        <input
          id={id}
          className="input"
          value={text}
          // biome-ignore lint/a11y/noAutofocus: the call-taker opened this form to type exactly here
          autoFocus={autoFocus}
          autoComplete="off"
          spellCheck={false}
          maxLength={300}
          placeholder={t('place.hint')}
          aria-describedby={`${id}-read`}
          data-testid={testId}
          onChange={(event) => {
            setText(event.target.value);
            onText?.(event.target.value);
          }}
          onKeyDown={onInputKey}
        />
        {!plain && (
          <button
            type="button"
            className="button"
            data-testid={`${testId}-map`}
            onClick={() => void point()}
          >
            {t('place.onMap')}
          </button>
        )}
      </div>
      {problem && <Failure problem={problem} />}
      <p id={`${id}-read`} className="read-as" role="status" data-testid={`${testId}-read-as`}>
        {answer.read_as && <span>{t('geocode.readAs', { text: answer.read_as })}</span>}
        {items.length > 1 && !answer.certain && (
          <strong className="tone-caution">{t('geocode.choose')}</strong>
        )}
        {answer.asked && items.length === 0 && (
          <span className="tone-caution" data-testid={`${testId}-nothing`}>
            {t('geocode.nothing')}
          </span>
        )}
      </p>
      {items.length > 0 && (
        <ol
          ref={list}
          className="candidates"
          aria-label={t('place.candidates')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: digits choose while the list has the focus
          tabIndex={0}
          title={t('geocode.chooseHow')}
          data-testid={`${testId}-candidates`}
          data-certain={answer.certain}
          onKeyDown={(event) => {
            const picked = /^[1-9]$/.test(event.key) ? items[Number(event.key) - 1] : undefined;
            if (picked === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            choose(picked);
          }}
        >
          {items.map((result, index) => (
            <Candidate
              key={`${result.label}-${result.location.lon}-${result.location.lat}`}
              result={result}
              number={index + 1}
              from={nearOf(near)}
              onChoose={choose}
              onWrong={plain ? undefined : setReport}
            />
          ))}
        </ol>
      )}
      {!plain && answer.asked && items.length === 0 && text.trim() !== '' && (
        <button
          type="button"
          className="button"
          data-size="small"
          data-testid={`${testId}-report`}
          onClick={() => setReport('nothing')}
        >
          {t('report.open')}
        </button>
      )}
      {report !== null && (
        <WrongPlace
          text={text}
          chosen={report === 'nothing' ? null : { ...report.location, label: report.label }}
          {...(props.callId === undefined ? {} : { callId: props.callId })}
          onDone={() => setReport(null)}
        />
      )}
    </div>
  );
}

interface CandidateProps {
  result: GeocodeResult;
  number: number;
  from: Point | null;
  onChoose: (result: GeocodeResult) => void;
  onWrong: ((result: GeocodeResult) => void) | undefined;
}

function Candidate({ result, number, from, onChoose, onWrong }: CandidateProps) {
  const { t } = useTranslation(DESK);
  const { label, kind, detail, side, location, zones } = result;
  const zone = zones.map(({ name }) => name).join(', ');
  const more = [
    t(`placeKind.${kind as 'address'}`, { defaultValue: kind }),
    ...(detail ? [detail] : zone === '' ? [] : [zone]),
    ...(side ? [t(`geocode.side.${side}`)] : []),
    ...(from ? [t('geocode.away', { distance: formatDistance(distanceM(from, location)) })] : []),
  ];
  return (
    <li className="candidate-line">
      <button
        type="button"
        className="candidate"
        data-testid="candidate"
        data-kind={kind}
        onClick={() => onChoose(result)}
      >
        <span className="candidate-number">{number}</span>
        <span className="candidate-words">
          <span className="clip">{label}</span>
          <span className="clip muted dense">{more.join(' · ')}</span>
        </span>
        <span className="muted dense">
          {t('place.precision', { metres: Math.round(location.uncertainty_m) })}
        </span>
      </button>
      {onWrong && (
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          title={t('geocode.wrong')}
          aria-label={`${t('geocode.wrong')}: ${label}`}
          data-testid="candidate-wrong"
          onClick={() => onWrong(result)}
        >
          {'⚑'}
        </button>
      )}
    </li>
  );
}
