/** One report, asked for again whenever what is asked changes. */

import { useCallback } from 'react';
import { type Loaded, useLoaded } from '@/shared/ui/useLoaded';
import { type Asked, type Grouping, type ReportName, report } from './reports';

export function useReport<T>(name: ReportName, asked: Asked, grouping?: Grouping): Loaded<T> {
  const { source, span } = asked;
  const [from, to] = [span?.from, span?.to];
  const load = useCallback(
    () =>
      report<T>(
        name,
        { source, span: from === undefined || to === undefined ? null : { from, to } },
        grouping,
      ),
    [name, source, from, to, grouping],
  );
  return useLoaded(load);
}
