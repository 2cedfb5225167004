/** What one case found on one Node: how often it was tried, and each broken promise in words. */
export type Outcome = {
  readonly name: string;
  readonly node: string;
  readonly runs: number;
  readonly violations: readonly string[];
  /** Figures to read, not to assert. */
  readonly note: string;
};

/** Works through the list, so many at a time; answers in the list's order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
