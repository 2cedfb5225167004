/** A size right after a collection, with the load it was measured under. */
export type Point = {
  readonly timeMs: number;
  readonly bytes: number;
  readonly openConnections: number;
  /** HTTP requests since the watch began, where the series tells. */
  readonly requests?: number | undefined;
  /** Connections opened since the watch began, where the series tells. */
  readonly opened?: number | undefined;
  /** A part of `bytes` that is known by itself, by about a second: of the heap large objects, of external memory array buffers. */
  readonly partBytes?: number | undefined;
  /** By how much the compiled code in `bytes` had grown since the first floor, where the series tells. */
  readonly compiledBytes?: number | undefined;
  /** How many measured points this one is the mean of; 1 where it is left out. */
  readonly count?: number | undefined;
  /** How many of these are no floors, but bounded from minor collections; none where it is left out. */
  readonly bounds?: number | undefined;
};

/** What there was to do when it was measured. */
export type Load = Pick<Point, 'openConnections' | 'requests' | 'opened'>;

/** A measured point. All of them have the same fields in the same order, as `meanPoint` has them: what V8 has seen in one shape it reads fast. */
export function pointOf(
  timeMs: number,
  bytes: number,
  { openConnections, requests, opened }: Load,
  partBytes?: number,
  compiledBytes?: number,
): Point {
  return {
    timeMs,
    bytes,
    openConnections,
    requests,
    opened,
    partBytes,
    compiledBytes,
    count: undefined,
    bounds: undefined,
  };
}

/** The point that stands for two neighbours: the mean of all that was measured in them. */
export function meanPoint(a: Point, b: Point): Point {
  const [countA, countB] = [a.count ?? 1, b.count ?? 1];
  const share = countB / (countA + countB);
  const mean = (x: number, y: number): number => x + (y - x) * share;
  const known = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined || y === undefined ? undefined : mean(x, y);
  return {
    timeMs: mean(a.timeMs, b.timeMs),
    bytes: mean(a.bytes, b.bytes),
    openConnections: mean(a.openConnections, b.openConnections),
    requests: known(a.requests, b.requests),
    opened: known(a.opened, b.opened),
    partBytes: known(a.partBytes, b.partBytes),
    compiledBytes: known(a.compiledBytes, b.compiledBytes),
    count: countA + countB,
    bounds: (a.bounds ?? 0) + (b.bounds ?? 0),
  };
}
