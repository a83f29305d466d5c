/** Numbers, times and ages as text: 24 h, the city's time zone, es-PY forms also for Guaraní. */

const DEFAULT_ZONE = 'America/Asuncion';
const MINUTE = 60;
const HOUR = 3_600;
/** A number and its unit stay on one line. */
const SPACE = '\u00a0';

let zone = DEFAULT_ZONE;
let locale = 'es-PY';
let formats = build();

function build() {
  const base = { timeZone: zone, hourCycle: 'h23' } as const;
  return {
    clock: new Intl.DateTimeFormat(locale, {
      ...base,
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
    day: new Intl.DateTimeFormat(locale, { ...base, day: '2-digit', month: '2-digit' }),
    dayHour: new Intl.DateTimeFormat(locale, {
      ...base,
      day: '2-digit',
      month: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }),
    zoneName: new Intl.DateTimeFormat('en', { ...base, timeZoneName: 'shortOffset' }),
    decimal: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  };
}

/** Set the city's zone and the language; browsers have no `gn` data and would fall to en-US. */
export function configureFormats(options: { timeZone?: string; language?: string }): void {
  zone = options.timeZone ?? zone;
  if (options.language !== undefined) locale = options.language === 'en' ? 'en-GB' : 'es-PY';
  formats = build();
}

export const formatClock = (ms: number): string => formats.clock.format(ms);

export const formatDayClock = (ms: number): string =>
  `${formats.day.format(ms)} ${formats.clock.format(ms)}`;

/** Day, hour and minute, for an axis of time. */
export const formatDayHour = (ms: number): string => formats.dayHour.format(ms);

/** The zone's short name for the bar: PYT for Asunción, the offset for other cities. */
export function zoneLabel(ms: number): string {
  if (zone === DEFAULT_ZONE) return 'PYT';
  const part = formats.zoneName.formatToParts(ms).find((one) => one.type === 'timeZoneName');
  return part?.value ?? zone;
}

/** A running timer: 01:42, from an hour on 1:02:03. */
export function formatTimer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** An age in one unit: 8 s, 3 min, 2 h. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 2 * MINUTE) return `${whole}${SPACE}s`;
  return whole < HOUR
    ? `${Math.floor(whole / MINUTE)}${SPACE}min`
    : `${Math.floor(whole / HOUR)}${SPACE}h`;
}

/** A travel time: under a minute in seconds, else whole minutes. */
export function formatEta(seconds: number): string {
  return seconds < MINUTE
    ? `${Math.round(seconds)}${SPACE}s`
    : `${Math.round(seconds / MINUTE)}${SPACE}min`;
}

/** A distance: 80 m, 1,2 km. */
export function formatDistance(metres: number): string {
  if (metres < 995) return `${formats.whole.format(Math.round(metres / 10) * 10)}${SPACE}m`;
  return `${formats.decimal.format(metres / 1_000)}${SPACE}km`;
}

export const formatDecimal = (value: number): string => formats.decimal.format(value);

/** The short number said over the radio: the digits after the year. */
export function shortNumber(number: string): string {
  const digits = number.split('-').at(-1) ?? number;
  return digits.length > 4 ? digits.replace(/^0+(?=\d{4})/, '') : digits;
}
