import { DESK, useTranslation } from '@/shared/i18n/i18n';

const KEYS = [
  ['/', 'commandLine'],
  ['j k ↑ ↓', 'move'],
  ['Enter  .', 'centre'],
  ['Esc', 'escape'],
  ['F2', 'newCall'],
  ['F9', 'send'],
  ['l i u', 'lists'],
  ['1–4', 'priority'],
  ['a', 'acknowledge'],
  ['f', 'follow'],
  ['?', 'help'],
] as const;

const VERBS = [
  ['D M12 B3 0147', 'assign'],
  ['EC M12', 'enRoute'],
  ['EL M12', 'onScene'],
  ['TR M12', 'transporting'],
  ['LB M12', 'clear'],
  ['FS M12 …', 'outOfService'],
  ['X M12', 'release'],
  ['P 0147 1', 'priority'],
  ['N @ …', 'note'],
  ['CI 0147 …', 'close'],
  ['Z …', 'go'],
  ['CAM 041', 'camera'],
  ['AK 12', 'acknowledge'],
] as const;

export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(DESK);
  return (
    <section className="help" aria-label={t('help.title')} data-testid="help">
      <header className="panel-head">
        <h2>{t('help.title')}</h2>
        <button type="button" className="button" data-size="small" onClick={onClose}>
          {t('common:action.close')}
        </button>
      </header>
      <div className="help-columns">
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(`help.key.${what}`)}</dd>
            </div>
          ))}
        </dl>
        <dl>
          {VERBS.map(([example, what]) => (
            <div key={example}>
              <dt>
                <code>{example}</code>
              </dt>
              <dd>{t(`help.verb.${what}`)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p className="dense muted">{t('help.note')}</p>
    </section>
  );
}
