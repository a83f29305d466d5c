import { type FormEvent, useId, useRef, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { type Upload, upload } from '@/shared/api/upload';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { SelectField, TextField } from '@/shared/ui/Field';
import { Failure } from '@/shared/ui/panel';
import { LAYER_KINDS, type Published, ZONE_KINDS } from './gis';

const ACCEPT = '.geojson,.json,.gpkg,.zip,.kml,.fgb,.csv';
const NAME = '[a-z0-9][a-z0-9_\\-]{0,47}';
const WHOLE_NAME = new RegExp(`^${NAME}$`);
const FIRST = {
  name: '',
  kind: 'custom',
  zone_kind: 'jurisdiction',
  agency: '',
  crs: '',
  id_column: '',
  name_column: '',
  encoding: '',
};

/** A file name as a layer's name: lower case, no accents, hyphens. */
export function layerName(fileName: string): string {
  return fileName
    .replace(/\.\w+$/, '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 48);
}

/** A layer from a file: the centre reads it, puts right what it can, and tells what it refused. */
export function UploadForm({
  onPublished,
}: {
  onPublished: (published: Published | null) => void;
}) {
  const { t } = useTranslation(DESK);
  const id = useId();
  const running = useRef<Upload<Published> | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState(FIRST);
  const [sent, setSent] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (field: keyof typeof FIRST) => (value: string) =>
    setOptions((now) => ({ ...now, [field]: value }));
  const ready = file !== null && WHOLE_NAME.test(options.name) && sent === null;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (file === null) return;
    const { name, zone_kind, ...rest } = options;
    const query = { ...rest, filename: file.name, ...(rest.kind === 'zone' ? { zone_kind } : {}) };
    const filled = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
    setProblem(null);
    setSent(0);
    onPublished(null);
    try {
      const path = `/layers/${encodeURIComponent(name)}/versions`;
      running.current = upload<Published>(path, filled, file, setSent);
      onPublished(await running.current.answer);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      else if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
    } finally {
      running.current = null;
      setSent(null);
    }
  }

  return (
    <form
      className="closure-form"
      data-testid="upload-form"
      onSubmit={(event) => void submit(event)}
    >
      <h3>{t('upload.title')}</h3>
      <div className="field-box">
        <label htmlFor={id}>{t('upload.file')}</label>
        <input
          id={id}
          className="input"
          type="file"
          accept={ACCEPT}
          data-testid="upload-file"
          onChange={(event) => {
            const chosen = event.target.files?.[0] ?? null;
            setFile(chosen);
            if (chosen && options.name === '') set('name')(layerName(chosen.name));
          }}
        />
        <span className="muted dense">{t('upload.fileHint')}</span>
      </div>
      <div className="gis-pair">
        <TextField
          label={t('upload.name')}
          hint={t('upload.nameHint')}
          value={options.name}
          max={48}
          pattern={NAME}
          testId="upload-name"
          onChange={set('name')}
        />
        <SelectField
          label={t('upload.kind')}
          value={options.kind}
          testId="upload-kind"
          onChange={set('kind')}
        >
          {LAYER_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`layerKind.${kind}`)}
            </option>
          ))}
        </SelectField>
        {options.kind === 'zone' && (
          <SelectField
            label={t('upload.zoneKind')}
            value={options.zone_kind}
            testId="upload-zone-kind"
            onChange={set('zone_kind')}
          >
            {ZONE_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`zoneKind.${kind}`)}
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label={t('upload.agency')}
          value={options.agency}
          max={16}
          testId="upload-agency"
          onChange={(value) => set('agency')(value.toUpperCase())}
        />
      </div>
      <details className="edit">
        <summary>{t('upload.more')}</summary>
        <div className="gis-pair">
          <TextField
            label={t('upload.crs')}
            hint={t('upload.crsHint')}
            value={options.crs}
            testId="upload-crs"
            onChange={set('crs')}
          />
          <TextField
            label={t('upload.encoding')}
            hint={t('upload.encodingHint')}
            value={options.encoding}
            testId="upload-encoding"
            onChange={set('encoding')}
          />
          <TextField
            label={t('upload.idColumn')}
            value={options.id_column}
            testId="upload-id-column"
            onChange={set('id_column')}
          />
          <TextField
            label={t('upload.nameColumn')}
            value={options.name_column}
            testId="upload-name-column"
            onChange={set('name_column')}
          />
        </div>
      </details>
      {problem && <Failure problem={problem} />}
      <p className="closure-actions">
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={!ready}
          data-testid="upload-send"
        >
          {t('upload.send')}
        </button>
        {sent !== null && (
          <>
            <progress value={sent} max={1} aria-label={t('upload.title')} />
            <span role="status">
              {sent < 1
                ? t('upload.sending', { percent: Math.floor(sent * 100) })
                : t('upload.reading')}
            </span>
            <button
              type="button"
              className="button"
              data-size="small"
              onClick={() => running.current?.stop()}
            >
              {t('upload.stop')}
            </button>
          </>
        )}
      </p>
    </form>
  );
}
