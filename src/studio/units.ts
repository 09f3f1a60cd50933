/** Units of length and how numbers are written: every number on the page comes with its unit. */

/** `file`: nobody has said what the file's numbers mean. */
export type LengthUnit = 'file' | 'um' | 'mm' | 'cm' | 'm' | 'in';

export interface LengthUnitInfo {
  readonly id: LengthUnit;
  readonly label: string;
  readonly symbol: string;
}

export const LENGTH_UNITS: readonly LengthUnitInfo[] = [
  { id: 'file', label: 'File units (unknown)', symbol: 'file units' },
  { id: 'um', label: 'Micrometres', symbol: 'µm' },
  { id: 'mm', label: 'Millimetres', symbol: 'mm' },
  { id: 'cm', label: 'Centimetres', symbol: 'cm' },
  { id: 'm', label: 'Metres', symbol: 'm' },
  { id: 'in', label: 'Inches', symbol: 'in' },
];

/** Millimetres of each unit; null for what nobody has said. */
const MILLIMETRES: Readonly<Record<LengthUnit, number | null>> = {
  file: null,
  um: 1e-3,
  mm: 1,
  cm: 10,
  m: 1000,
  in: 25.4,
};

/** A length in another unit; where one of the two is unknown, the number stays. */
export function lengthIn(value: number, from: LengthUnit, to: LengthUnit): number {
  const [a, b] = [MILLIMETRES[from], MILLIMETRES[to]];
  return from === to || a === null || b === null ? value : (value * a) / b;
}

/** Symbol of the model unit: 1 R is the distance from the part's centre to its furthest point. */
export const MODEL_UNIT = 'R';

export function isLengthUnit(value: unknown): value is LengthUnit {
  return LENGTH_UNITS.some((unit) => unit.id === value);
}

export function unitSymbol(unit: LengthUnit): string {
  return LENGTH_UNITS.find((known) => known.id === unit)!.symbol;
}

const NUMBER = new Intl.NumberFormat('en-US');
const MINUS = '\u2212';
/** Between a number and its unit: they stay on one line. */
const NBSP = '\u00a0';

/** Whole numbers with separators: 12,034. */
export function formatCount(value: number): string {
  return NUMBER.format(Math.round(value));
}

/** A measured value with `digits` significant digits and no exponent between 1e-5 and 1e9. */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (size < 1e-5 || size >= 1e9) return sign + size.toExponential(digits - 1).replace('-', MINUS);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return (
    sign +
    new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }).format(size)
  );
}

/** @param value source units */
export function formatLength(value: number, unit: LengthUnit, digits = 3): string {
  return `${formatSignificant(value, digits)}${NBSP}${unitSymbol(unit)}`;
}

/** @param value model units */
export function formatModelLength(value: number, digits = 3): string {
  return `${formatSignificant(value, digits)}${NBSP}${MODEL_UNIT}`;
}

/** @param ratio 0..1 */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  const percent = ratio * 100;
  const decimals = percent === 0 || percent >= 10 ? 0 : percent >= 1 ? 1 : 2;
  return `${percent.toFixed(decimals)}${NBSP}%`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)}${NBSP}B`;
  const steps = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let at = 0;
  // 999.5 would be rounded up to "1000 kB".
  while (value >= 999.5 && at < steps.length - 1) {
    value /= 1000;
    at++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)}${NBSP}${steps[at]}`;
}

export function formatMilliseconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${NBSP}ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)}${NBSP}s`;
}

/** A stretch of time as people say it: 45 s, 12 min, 3 h 20 min, 2 d 4 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return formatMilliseconds(seconds * 1000);
  if (seconds < 10) return `${seconds.toFixed(1)}${NBSP}s`;
  if (seconds < 90) return `${Math.round(seconds)}${NBSP}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes}${NBSP}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}${NBSP}h ${minutes % 60}${NBSP}min`;
  return `${Math.floor(hours / 24)}${NBSP}d ${hours % 24}${NBSP}h`;
}
