/**
 * Puts the value of a rank (from 0) in its place among the values from `from` to before `to`: none before it is larger there, none after
 * it smaller; returns it. Their order is otherwise lost. Numbers only, no NaN.
 *
 * Hoare 1961, "Algorithm 65: Find": linear in the mean, where sorting all to read four of them took most of what a slope costs. The
 * median of three is the pivot, and what does not shrink as it should is sorted.
 */
export function select(values: Float64Array, rank: number, from = 0, to: number = values.length): number {
  let low = from;
  let high = to - 1;
  let stepsLeft = MOST_STEPS;
  while (low < high) {
    if (stepsLeft === 0) {
      values.subarray(low, high + 1).sort();
      break;
    }
    stepsLeft -= 1;
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left] < pivot) left += 1;
      while (values[right] > pivot) right -= 1;
      if (left > right) break;
      const moved = values[left];
      values[left] = values[right];
      values[right] = moved;
      left += 1;
      right -= 1;
    }
    // What lies between the two equals the pivot.
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank];
}

/** The value in the middle, of an even number the mean of the two; the order of the values is lost. NaN of none. */
export function median(values: Float64Array): number {
  const half = Math.floor(values.length / 2);
  if (values.length === 0) return NaN;
  const upper = select(values, half);
  if (values.length % 2 === 1) return upper;
  // The lower of the two is the largest of those that now stand before the upper one.
  let lower = values[0];
  for (let i = 1; i < half; i += 1) if (values[i] > lower) lower = values[i];
  return (lower + upper) / 2;
}

// Halving takes 15 of 20,000 values, the median of three some 20.
const MOST_STEPS = 60;

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
