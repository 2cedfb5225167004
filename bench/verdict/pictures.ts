import type { Point } from '../../src/verdict/point.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { play, type Service } from '../../test/verdict/service.ts';
import { Random } from '../../test/verdict/traces.ts';

const MB = 1e6;
const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 40;
const INK = '#24292f';
const PALE = '#8c959f';
const BLUE = '#0969da';
const RED = '#cf222e';
const GREEN = '#1a7f37';

/** Bars, one for each row of a table: how often each rule is wrong. */
export function barsPicture(
  title: string,
  bars: readonly { readonly name: string; readonly value: number }[],
): string {
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const rowHeight = 30;
  const left = 330;
  const rows = bars.map(({ name, value }, i) => {
    const y = 44 + i * rowHeight;
    const width = ((WIDTH - left - 70) * value) / highest;
    return [
      text(left - 10, y + 15, name, { anchor: 'end' }),
      `<rect x="${left}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="20" fill="${i === 0 ? BLUE : PALE}"/>`,
      text(left + Math.max(1, width) + 8, y + 15, value < 10 ? value.toFixed(2) : value.toFixed(0)),
    ].join('\n');
  });
  return svg(WIDTH, 60 + bars.length * rowHeight, [text(16, 26, title, { size: 15 }), ...rows]);
}

/** A service's floors as a standing watch saw them, with what it said when. */
export function watchPicture(title: string, service: Service, seconds: number, seed: number): string {
  const random = new Random(seed);
  const watcher = new Watcher({ limitBytes: service.limitBytes, patience: 'standing' });
  const floors: Point[] = [];
  const said: { readonly atMs: number; readonly words: string; readonly colour: string }[] = [];
  let before = '';
  // What was foreseen when some 60 % had come.
  let foreseen:
    | { readonly atMs: number; readonly bytes: number; readonly interval: readonly number[] }
    | undefined;
  play(service, seconds, random, (tick) => {
    watcher.add(tick);
    for (const { timeMs, heapBytes } of tick.floors)
      floors.push({ timeMs, bytes: heapBytes, openConnections: 0 });
    const timeMs = tick.sample?.timeMs ?? 0;
    if (tick.floors.length === 0 || timeMs < 30_000) return;
    const { kind, filling } = watcher.verdict(timeMs);
    const words = filling === null ? kind : 'filling';
    if (filling !== null && filling.share > 0.6) {
      const base = floors[0]?.bytes ?? 0;
      const interval = filling.interval.map((bytes) => base + bytes);
      foreseen ??= { atMs: timeMs, bytes: base + filling.expectedBytes, interval };
    }
    const colour = words === 'leaking' ? RED : words === 'steady' ? GREEN : PALE;
    if (words !== before && words !== 'inconclusive' && !said.some((one) => one.words === words))
      said.push({ atMs: timeMs, words, colour });
    before = words;
  });
  const { limitBytes } = service;
  const x = (timeMs: number): number => LEFT + ((WIDTH - LEFT - 20) * timeMs) / (seconds * 1000);
  const y = (bytes: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 50) * bytes) / limitBytes;
  return svg(WIDTH, HEIGHT, [
    text(16, 26, title, { size: 15 }),
    line(LEFT, y(limitBytes), WIDTH - 20, y(limitBytes), RED, '4 3'),
    text(WIDTH - 20, y(limitBytes) - 5, `limit ${Math.round(limitBytes / MB)} MB`, {
      anchor: 'end',
      colour: RED,
    }),
    line(LEFT, y(0), WIDTH - 20, y(0), INK),
    line(LEFT, y(0), LEFT, 44, INK),
    text(LEFT, HEIGHT - 14, '0 h'),
    text(WIDTH - 20, HEIGHT - 14, `${seconds / 3600} h`, { anchor: 'end' }),
    ...(foreseen === undefined
      ? []
      : [
          line(x(foreseen.atMs), y(foreseen.bytes), WIDTH - 20, y(foreseen.bytes), BLUE, '2 4'),
          text(
            x(foreseen.atMs),
            y(foreseen.bytes) - 8,
            `foreseen here: ${foreseen.interval.map((bytes) => Math.round(bytes / MB)).join(' to ')} MB`,
            { colour: BLUE },
          ),
        ]),
    ...floors.map(
      ({ timeMs, bytes }) =>
        `<circle cx="${x(timeMs).toFixed(1)}" cy="${y(bytes).toFixed(1)}" r="1.8" fill="${INK}"/>`,
    ),
    ...said
      .slice(0, 6)
      .flatMap(({ atMs, words, colour }, i) => [
        line(x(atMs), 44 + 18, x(atMs), y(0), colour),
        text(x(atMs) + 4, 58 + 14 * (i % 3), words, { colour }),
      ]),
  ]);
}

/** The services that the pictures show. */
export const pictured: readonly {
  readonly file: string;
  readonly title: string;
  readonly seconds: number;
  readonly service: (random: Random) => Service;
}[] = [
  {
    file: 'leak.svg',
    title: 'A leak of 30 KB/s: called when growth has used a quarter of the headroom',
    seconds: 6 * 3600,
    service: (random) => ({
      ...ordinary(random),
      heap: (t) => 30_000 * t,
    }),
  },
  {
    file: 'fill.svg',
    title: 'A cache that fills to 300 MB: its end is foreseen, and it is never called',
    seconds: 6 * 3600,
    service: (random) => ({
      ...ordinary(random),
      heap: (t) => 300 * MB * (1 - Math.exp(-t / 4500)),
    }),
  },
];

function ordinary(random: Random): Service {
  return {
    limitBytes: 800 * MB,
    baseBytes: 60 * MB,
    allocation: () => 4 * MB,
    promotedShare: 0.03,
    noise: () => 3 * MB * random.normal(),
  };
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string {
  const dash = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"${dash}/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  {
    anchor = 'start',
    size = 12,
    colour = INK,
  }: { anchor?: 'start' | 'end'; size?: number; colour?: string } = {},
): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}">${safe}</text>`;
}
