/** Sending units: when they are not the recommended ones the centre asks why, and so do we, in place. */

import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { Problem } from '@/shared/api/client';
import { assignUnits } from '@/shared/commands/intents';
import { run } from '@/shared/commands/pending';
import type { Id } from '@/shared/wire/types';
import { select } from '@/situation/selection';

const REASON_REQUIRED = 'override-reason-required';

export interface Sending {
  incidentId: Id;
  unitIds: readonly Id[];
  divert: boolean;
  /** What the centre would have sent: callsigns, where it says them. */
  recommended: readonly string[];
}

const asking = createStore<{ about: Sending | null }>(() => ({ about: null }));

export const useAskedWhy = (incidentId: Id): Sending | null =>
  useStore(asking, ({ about }) => (about?.incidentId === incidentId ? about : null));

export const forgetAskedWhy = (): void => asking.setState({ about: null });

const isReasonRequired = (problem: Problem): boolean => problem.code === REASON_REQUIRED;

interface How {
  reason?: string | undefined;
  divert?: boolean;
}

/** Send them; a demanded reason opens its line on the incident's card, other refusals are listed. */
export async function sendUnits(incidentId: Id, unitIds: Id[], how: How = {}): Promise<void> {
  const { reason, divert = false } = how;
  try {
    await run(assignUnits(incidentId, unitIds, reason, divert), { expected: isReasonRequired });
    forgetAskedWhy();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!isReasonRequired(error)) return; // shown with its reason among the rejected
    const recommended = callsignsOf(error.extra.recommended);
    asking.setState({ about: { incidentId, unitIds, divert, recommended } });
    select({ type: 'incident', id: incidentId });
  }
}

function callsignsOf(told: unknown): string[] {
  if (!Array.isArray(told)) return [];
  return told.flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    const callsign = (one as { callsign?: unknown } | null)?.callsign;
    return typeof callsign === 'string' ? [callsign] : [];
  });
}
