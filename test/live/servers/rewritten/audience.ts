interface Reader {
  name: string;
  readonly since: number;
}

const readers: Reader[] = [];

export function welcome(name: string, ...others: readonly string[]): number {
  readers.push({ name, since: readers.length } satisfies Reader);
  for (const other of others) readers.push({ name: other, since: readers.length });
  return readers.length;
}
