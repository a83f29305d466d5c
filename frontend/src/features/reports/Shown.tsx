import type { ReactNode } from 'react';
import { Failure, Skeleton } from '@/shared/ui/panel';
import type { Loaded } from '@/shared/ui/useLoaded';

/** What was loaded, or what went wrong; while it is asked again the last stays. */
export function Shown<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (value: T) => ReactNode;
}) {
  const { value, problem, again } = loaded;
  return (
    <>
      {problem && <Failure problem={problem} retry={again} />}
      {value === null ? problem === null && <Skeleton rows={5} /> : children(value)}
    </>
  );
}
