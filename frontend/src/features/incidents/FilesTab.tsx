import { useRef, useState } from 'react';
import { Problem } from '@/shared/api/client';
import { upload } from '@/shared/api/upload';
import { DESK, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatDayClock } from '@/shared/time/format';
import { Empty, Failure } from '@/shared/ui/panel';
import type { Attachment, DeskIncident } from '@/shared/wire/dispatch';

const KB = 1_024;

export function sizeText(bytes: number): string {
  if (bytes < KB) return `${bytes} B`;
  return bytes < KB * KB ? `${Math.ceil(bytes / KB)} KB` : `${(bytes / KB / KB).toFixed(1)} MB`;
}

/** Pictures and papers of the incident; each is stored once, under its checksum, and stays. */
export function FilesTab({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const mayWrite = useMay('incidents.write');
  const files = incident.attachments ?? [];
  return (
    <div data-testid="files-tab">
      {files.length === 0 && <Empty>{t('files.none')}</Empty>}
      <ul>
        {files.map((file) => (
          <FileRow key={file.id} file={file} />
        ))}
      </ul>
      {mayWrite && !incident.masked && <AddFile incident={incident} />}
    </div>
  );
}

function FileRow({ file }: { file: Attachment }) {
  return (
    <li className="file-row" data-testid="attachment" data-name={file.name}>
      <a className="clip" href={file.url} download={file.name} title={file.sha256}>
        {file.name}
      </a>
      <span className="muted">{sizeText(file.bytes)}</span>
      <span className="dense muted">{`${formatDayClock(Date.parse(file.at))} · ${file.by}`}</span>
    </li>
  );
}

function AddFile({ incident }: { incident: DeskIncident }) {
  const { t } = useTranslation(DESK);
  const input = useRef<HTMLInputElement>(null);
  const [part, setPart] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function send(file: File) {
    setPart(0);
    setProblem(null);
    const path = `/incidents/${incident.id}/attachments`;
    try {
      await upload(path, { filename: file.name }, file, setPart).answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setPart(null);
      if (input.current) input.current.value = '';
    }
  }

  return (
    <>
      <label className="field-box">
        <span className="label">{t('files.add')}</span>
        <input
          ref={input}
          type="file"
          className="input"
          disabled={part !== null}
          data-testid="attachment-file"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void send(file);
          }}
        />
      </label>
      {part !== null && <progress value={part} aria-label={t('files.sending')} />}
      {problem && <Failure problem={problem} />}
    </>
  );
}
