/** The folds of what happens to a call (docs/events.md); joining an incident is in fold.ts. */

import type { Call, CallBack, CallFix, Entry, Picture } from '@/shared/wire/types';

type Fold = (picture: Picture, entry: Entry) => Picture;
type Edit = (call: Call, data: Record<string, unknown>) => Partial<Call>;

function changed(edit: Edit): Fold {
  return (picture, entry) => {
    const call = picture.calls[entry.subject];
    if (call === undefined) return picture;
    const after = { ...call, ...edit(call, entry.data), version: entry.version };
    return { ...picture, calls: { ...picture.calls, [entry.subject]: after } };
  };
}

/** The fact's fields replace the call's, those named left out: they are for the timeline. */
const allBut =
  (...names: string[]): Edit =>
  (_call, data) =>
    Object.fromEntries(
      Object.entries(data).filter(([name]) => !names.includes(name)),
    ) as Partial<Call>;

const withFix: Edit = (call, data) => {
  const kept = allBut('fix', 'left_out')(call, data);
  // Calls were located without fixes once: older entries hold none.
  if (data.fix === undefined) return kept;
  const others = call.fixes.filter((fix) => fix.id !== data.left_out);
  return { ...kept, fixes: [...others, data.fix as CallFix] };
};

const fixAccepted: Edit = (call, data) => ({
  ...allBut('fix_id', 'accepted_at', 'accepted_by')(call, data),
  fixes: call.fixes.map((fix) =>
    fix.id === data.fix_id
      ? {
          ...fix,
          accepted_at: data.accepted_at as string,
          accepted_by: data.accepted_by as string,
        }
      : fix,
  ),
});

const calledBack: Edit = (call, data) => ({
  ...allBut('callback')(call, data),
  callbacks: [...call.callbacks, data.callback as CallBack],
});

export const CALL_FOLDS: Record<string, Fold> = {
  'call.taken': changed(allBut()),
  'call.taken_over': changed(allBut('taken_from', 'reason')),
  'call.released': changed(allBut()),
  'call.claim_stale': changed(allBut('taken_by', 'idle_s')),
  'call.abandoned': changed(allBut()),
  'call.hung_up': changed(allBut()),
  'call.changed': changed(allBut()),
  'call.located': changed(withFix),
  'call.fix_added': changed(withFix),
  'call.fix_accepted': changed(fixAccepted),
  'call.called_back': changed(calledBack),
  'call.interview_started': changed(allBut()),
  'call.interview_answered': changed(allBut()),
  'call.overdue': changed(allBut('waited_s')),
};
