import { useEffect, useId, useState } from 'react';
import { get, Problem } from '@/shared/api/client';
import { reference } from '@/shared/api/reference';
import { pickedPlace } from '@/shared/commands/intents';
import { centreOn, pickPoint, showMarks } from '@/shared/geo/mapBus';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { Failure } from '@/shared/ui/panel';
import '@/shared/ui/forms.css';
import type { GeocodeResult } from '@/shared/wire/answers';
import type { Place } from '@/shared/wire/types';

const WAIT_MS = 250;
const SHORTEST = 3;
const LIMIT = 5;

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
}

/** Words to a place: candidates as one types, digits pick one, or a click on the map. */
export function AddressSearch(props: AddressSearchProps) {
  const { label, initial, onChoose, onText, autoFocus = false, testId } = props;
  const { t } = useTranslation(DESK);
  const id = useId();
  const [text, setText] = useState(initial);
  const [chosen, setChosen] = useState<string | null>(null);
  const { found, problem } = useCandidates(text === chosen ? '' : text);

  useEffect(() => {
    showMarks(found.map(({ location }, index) => ({ place: location, label: String(index + 1) })));
    return () => showMarks([]);
  }, [found]);

  function choose(result: GeocodeResult) {
    setText(result.label);
    setChosen(result.label);
    onText?.(result.label);
    onChoose({ text: result.label, place: result.location });
    centreOn(result.location);
  }

  async function point() {
    const at = await pickPoint();
    if (at === null) return;
    onChoose({ text, place: pickedPlace(at) });
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
          maxLength={300}
          placeholder={t('place.hint')}
          data-testid={testId}
          onChange={(event) => {
            setText(event.target.value);
            onText?.(event.target.value);
          }}
          onKeyDown={(event) => {
            const best = found[0];
            if (event.key !== 'Enter' || best === undefined) return;
            event.preventDefault();
            choose(best);
          }}
        />
        <button
          type="button"
          className="button"
          data-testid={`${testId}-map`}
          onClick={() => void point()}
        >
          {t('place.onMap')}
        </button>
      </div>
      {problem && <Failure problem={problem} />}
      <ol
        className="candidates"
        aria-label={t('place.candidates')}
        data-testid={`${testId}-candidates`}
      >
        {found.map((result, index) => (
          <li key={`${result.label}-${result.location.lon}-${result.location.lat}`}>
            <button type="button" className="candidate" onClick={() => choose(result)}>
              <span className="candidate-number">{index + 1}</span>
              <span className="clip">{result.label}</span>
              <span className="muted dense">
                {t('place.precision', { metres: Math.round(result.location.uncertainty_m) })}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

const NONE: GeocodeResult[] = [];

function useCandidates(text: string): { found: GeocodeResult[]; problem: Problem | null } {
  const [found, setFound] = useState(NONE);
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = text.trim();
  useEffect(() => {
    setProblem(null);
    if (words.length < SHORTEST) return setFound(NONE);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      geocode(words, stop.signal).then(setFound, (error: unknown) => {
        if (error instanceof Problem) setProblem(error);
        else if (!stop.signal.aborted) throw error;
      });
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words]);
  return { found, problem };
}

/** Candidates for words, those near the city's middle first. */
export async function geocode(words: string, signal?: AbortSignal): Promise<GeocodeResult[]> {
  const centre = reference.getState().city?.centre;
  const { items } = await get<{ items: GeocodeResult[] }>('/geocode', {
    query: { q: words, limit: LIMIT, lon: centre?.[0], lat: centre?.[1] },
    ...(signal ? { signal } : {}),
  });
  return items;
}
