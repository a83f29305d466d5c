import { useReference } from '@/shared/api/reference';
import { useKeyLayer } from '@/shared/commands/keyLayers';
import { attempt } from '@/shared/commands/pending';
import { confirmProposal, rejectProposal } from '@/shared/commands/units';
import { DESK, labelIn, useTranslation } from '@/shared/i18n/i18n';
import { useMay } from '@/shared/rights/rights';
import { formatAge, formatDistance } from '@/shared/time/format';
import { Act } from '@/shared/ui/act';
import { At } from '@/shared/ui/ages';
import { StatusMark } from '@/shared/ui/marks';
import type { DeskUnit } from '@/shared/wire/dispatch';

const CONFIRM_KEY = 'c';
const REJECT_KEY = 'x';

/** The position says that it arrived or left; a person confirms it with one key. */
export function ProposalCard({ unit }: { unit: DeskUnit }) {
  const { t, language } = useTranslation(DESK);
  const statuses = useReference((state) => state.codes.unit_statuses);
  const may = useMay('units.report_any');
  const { proposal } = unit;
  useKeyLayer((key) => {
    if (!proposal) return false;
    if (key === CONFIRM_KEY) void attempt(confirmProposal(unit.id, proposal.status));
    else if (key === REJECT_KEY) void attempt(rejectProposal(unit.id, proposal.status));
    else return false;
    return true;
  }, may && Boolean(proposal));
  if (!proposal) return null;
  const labels = statuses.find((one) => one.code === proposal.status)?.labels;
  const facts = [
    t(`proposal.why.${proposal.why as 'at_place'}`, { defaultValue: proposal.why }),
    proposal.distance_m !== null &&
      t('proposal.distance', { distance: formatDistance(proposal.distance_m) }),
    proposal.fix_age_s !== null && t('proposal.fix', { age: formatAge(proposal.fix_age_s) }),
  ].filter(Boolean);
  return (
    <section className="proposal" data-testid="proposal" data-status={proposal.status}>
      <p>
        <StatusMark tone="caution" />{' '}
        <strong>
          {t('proposal.title', { status: labelIn(labels, language, proposal.status) })}
        </strong>{' '}
        <At at={proposal.since} />
      </p>
      <p className="dense muted">{facts.join(' · ')}</p>
      {may && (
        <div className="acts">
          <Act
            testId="proposal-confirm"
            kind="primary"
            hint={CONFIRM_KEY}
            onClick={() => void attempt(confirmProposal(unit.id, proposal.status))}
          >
            {t('proposal.confirm')}
          </Act>
          <Act
            testId="proposal-reject"
            hint={REJECT_KEY}
            onClick={() => void attempt(rejectProposal(unit.id, proposal.status))}
          >
            {t('proposal.reject')}
          </Act>
        </div>
      )}
    </section>
  );
}
