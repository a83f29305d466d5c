/** For how long an alarm may be put aside, by its priority: pure. The centre checks again. */

import type { Priority } from '@/shared/wire/types';

const CHOICES_MIN = [5, 10, 30, 60] as const;
const LONGEST_MIN: Record<Priority, number> = { 1: 0, 2: 10, 3: 60, 4: 60 };

/** Minutes to choose from; none for what must not be put aside. */
export const shelvingMinutes = (priority: Priority): readonly number[] =>
  CHOICES_MIN.filter((minutes) => minutes <= LONGEST_MIN[priority]);
