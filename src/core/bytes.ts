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

/** `2GB`, `512 MB`, `1.5GiB` or a bare number of bytes; `undefined` when it is none of these. Decimal, as `formatBytes`. */
export function parseBytes(text: string): number | undefined {
  const found = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(i)?)?b?\s*$/i.exec(text);
  if (found === null) return undefined;
  const [, amount, letter = '', binary] = found;
  const power = letter === '' ? 0 : 'kmgt'.indexOf(letter.toLowerCase()) + 1;
  return Math.round(Number(amount) * (binary === undefined ? 1000 : 1024) ** power);
}
