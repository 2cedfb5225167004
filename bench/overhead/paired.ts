/** The middle of paired differences, and how large it is at most. */
export type PairedResult = {
  readonly pairs: number;
  readonly median: number;
  /** Upper bound of the median at 95 %, one-sided, from the order statistics: no shape of the noise is assumed. */
  readonly upper95: number;
  /** Half of the interval at 90 %, two-sided: what this measurement can tell from nothing. */
  readonly halfWidth: number;
};

/** At least five pairs; with fewer no order statistic is a bound at 95 %. */
export function paired(differences: readonly number[]): PairedResult {
  const sorted = [...differences].sort((a, b) => a - b);
  const n = sorted.length;
  const rank = boundRank(n);
  const upper = sorted[n - 1 - rank] ?? Number.NaN;
  const lower = sorted[rank] ?? Number.NaN;
  const middle = n % 2 === 1 ? sorted[(n - 1) / 2] : ((sorted[n / 2 - 1] ?? 0) + (sorted[n / 2] ?? 0)) / 2;
  return { pairs: n, median: middle ?? Number.NaN, upper95: upper, halfWidth: (upper - lower) / 2 };
}

/**
 * The largest r for which the (r+1)-th smallest of n is below the median with probability 95 %: fewer than r+1 of n fair
 * coins show heads with at most 5 %. -1 if there is none.
 */
export function boundRank(n: number): number {
  let chance = 0.5 ** n;
  let cumulative = chance;
  let rank = -1;
  for (let k = 0; cumulative <= 0.05 && k < n; k += 1) {
    rank = k;
    chance *= (n - k) / (k + 1);
    cumulative += chance;
  }
  return rank;
}
