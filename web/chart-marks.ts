import type uPlot from 'uplot';
import type { PlotCorner, PlotData } from '../src/present/html/plot-data.ts';
import { colourOf } from './colours.ts';

/** What stands in a chart beside its lines: the limit, the forecast, when what happened, and each major collection. */
export function drawMarks(plot: uPlot, data: PlotData): void {
  const { memory } = data;
  if (memory === null) return;
  const { ctx: context, bbox: box } = plot;
  const pixel = devicePixelRatio;
  const x = (timeMs: number): number => plot.valToPos(timeMs, 'x', true);
  const y = (bytes: number): number => plot.valToPos(bytes, 'y', true);
  const colour = (name: string): string => colourOf(plot.root, name);
  const line = (
    from: readonly [number, number],
    to: readonly [number, number],
    dash: readonly number[],
  ): void => {
    context.setLineDash(dash.map((length) => length * pixel));
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  };
  const words = (text: string, atX: number, atY: number, align: CanvasTextAlign): void => {
    context.textAlign = align;
    context.lineWidth = 3 * pixel;
    context.strokeStyle = colour('--paper');
    context.strokeText(text, atX, atY);
    context.fillText(text, atX, atY);
  };
  context.save();
  context.font = `${12 * pixel}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.setLineDash([]);

  context.strokeStyle = colour('--soft');
  context.lineWidth = pixel;
  const ground = box.top + box.height;
  for (const timeMs of memory.majorGcTimeMs) {
    const at = x(timeMs);
    if (isWithin(at)) line([at, ground], [at, ground - 7 * pixel], []);
  }

  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  if (memory.forecast !== null) {
    const { from, likely, soonest, latest } = memory.forecast;
    const corner = ({ timeMs, bytes }: PlotCorner): [number, number] => [x(timeMs), y(bytes)];
    context.fillStyle = context.strokeStyle = colour('--leak');
    context.globalAlpha = 0.13;
    context.beginPath();
    for (const one of [from, soonest, latest]) context.lineTo(...corner(one));
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5 * pixel;
    line(corner(from), corner(likely), [5, 5]);
  }
  context.restore();

  const { limit } = memory;
  if (limit !== null && y(limit.bytes) >= box.top) {
    const at = y(limit.bytes);
    context.fillStyle = context.strokeStyle = colour('--leak');
    context.lineWidth = pixel;
    line([box.left, at], [box.left + box.width, at], [6, 4]);
    context.setLineDash([]);
    words(limit.words, box.left + box.width, at - 9 * pixel, 'right');
  }

  for (const [index, moment] of memory.moments.entries()) {
    const at = x(moment.timeMs);
    if (!isWithin(at)) continue;
    const top = (8 + (index % 2) * 15) * pixel;
    context.fillStyle = context.strokeStyle = colour('--soft');
    context.lineWidth = pixel;
    line([at, top - 6 * pixel], [at, ground], [2, 3]);
    context.setLineDash([]);
    const isLate = at > box.left + box.width * 0.7;
    words(moment.words, at + (isLate ? -5 : 5) * pixel, top, isLate ? 'right' : 'left');
  }
  context.restore();

  function isWithin(at: number): boolean {
    return at >= box.left && at <= box.left + box.width;
  }
}
