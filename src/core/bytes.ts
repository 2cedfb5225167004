const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/**
 * Bytes for people: decimal units, three significant digits (`1.23 MB`, `412 MB`, `-3.1 KB`).
 * Decimal because the verdict's rates are; a limit of 4345298944 bytes reads `4.35 GB`.
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '?';
  const sign = bytes < 0 ? '-' : '';
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.5 would print as "1000"; it belongs to the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sign}${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A rate for people, always with its sign: `+56.0 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  const sign = bytesPerSecond < 0 ? '' : '+';
  return `${sign}${formatBytes(bytesPerSecond)}/s`;
}
