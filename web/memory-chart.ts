import uPlot from 'uplot';
import { formatBytes } from '../src/core/bytes.ts';
import { formatDuration } from '../src/core/duration.ts';
import { byteTicks, timeTicks } from '../src/present/html/axis-ticks.ts';
import type { PlotData } from '../src/present/html/plot-data.ts';
import { followFingers } from './chart-fingers.ts';
import { drawMarks } from './chart-marks.ts';
import type { GroupView } from './charts.ts';
import { ChartTools } from './chart-tools.ts';
import { colourOf } from './colours.ts';

/**
 * Memory over time on a canvas: rss, heap used and the floors, with a cursor and a zoom that all charts of its group share.
 * Drag over a stretch of time, turn the wheel with Ctrl, or use the keys: arrows, + and -, 0 for all. On a touch screen fingers move
 * and zoom a stretch that a button has zoomed into.
 */
export class MemoryChart {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  readonly #tools: ChartTools;
  readonly #view: GroupView;
  readonly #mates: () => readonly MemoryChart[];
  readonly #resized: ResizeObserver;
  #data: PlotData;

  constructor(host: HTMLElement, data: PlotData, view: GroupView, mates: () => readonly MemoryChart[]) {
    this.#host = host;
    this.#data = data;
    this.#view = view;
    this.#mates = mates;
    this.#plot = new uPlot(this.#options(), columnsOf(data), host);
    this.#tools = new ChartTools(host, this.#plot, {
      zoomBy: (factor) => this.#zoomBy(factor),
      showAll: () => this.#zoomTo(null),
      moveCursor: (steps) => this.#moveCursor(steps),
    });
    this.#tools.describe(data);
    followFingers(this.#plot, {
      isZoomed: () => view.zoom !== null,
      show: (fromMs, untilMs) => this.#moveTo(fromMs, untilMs),
    });
    this.#tellZoom();
    this.#resized = new ResizeObserver(() => {
      // On paper a page in a file shows its drawn chart instead.
      if (host.clientWidth > 0) this.#plot.setSize({ width: host.clientWidth, height: this.#height() });
    });
    this.#resized.observe(host);
  }

  get group(): number {
    return this.#data.group;
  }

  get isOnPage(): boolean {
    return this.#host.isConnected;
  }

  update(data: PlotData): void {
    this.#data = data;
    this.#tools.describe(data);
    this.#plot.setData(columnsOf(data));
  }

  /** With other colours, or another stretch of time. */
  redraw(): void {
    this.#tellZoom();
    this.#plot.setScale('x', this.#range());
    this.#plot.redraw(false, true);
  }

  remove(): void {
    this.#resized.disconnect();
    this.#tools.remove();
    this.#plot.destroy();
  }

  /** The largest size that is seen in a stretch of time. */
  highestBytes(fromMs: number, untilMs: number): number {
    const [times, ...columns] = this.#plot.data;
    let highest = 0;
    for (let index = 0; index < times.length; index += 1) {
      const timeMs = times[index] ?? 0;
      if (timeMs < fromMs || timeMs > untilMs) continue;
      for (const column of columns) highest = Math.max(highest, column[index] ?? 0);
    }
    return highest;
  }

  #zoomBy(factor: number): void {
    const { min, max } = this.#range();
    const at =
      this.#plot.cursor.idx == null ? (min + max) / 2 : (this.#plot.data[0][this.#plot.cursor.idx] ?? max);
    const fromMs = at - (at - min) * factor;
    this.#zoomTo({ fromMs, untilMs: fromMs + (max - min) * factor });
  }

  #zoomTo(zoom: GroupView['zoom']): void {
    const { fromMs, untilMs } = this.#data.scale;
    const clipped =
      zoom === null
        ? null
        : { fromMs: Math.max(fromMs, zoom.fromMs), untilMs: Math.min(untilMs, zoom.untilMs) };
    const isAll = clipped === null || (clipped.fromMs <= fromMs && clipped.untilMs >= untilMs);
    if (!isAll && clipped.untilMs - clipped.fromMs < CLOSEST_MS) return;
    this.#see(isAll ? null : clipped);
  }

  /** At an end of the chart the stretch stops, and stays as long as it is. */
  #moveTo(fromMs: number, untilMs: number): void {
    const { scale } = this.#data;
    const stretchMs = untilMs - fromMs;
    if (stretchMs < CLOSEST_MS) return;
    if (stretchMs >= scale.untilMs - scale.fromMs) return this.#see(null);
    const clippedMs = Math.min(scale.untilMs - stretchMs, Math.max(scale.fromMs, fromMs));
    this.#see({ fromMs: clippedMs, untilMs: clippedMs + stretchMs });
  }

  #tellZoom(): void {
    const { zoom } = this.#view;
    this.#tools.showStretch(zoom);
    this.#plot.over.classList.toggle('zoomed', zoom !== null);
  }

  #see(zoom: GroupView['zoom']): void {
    this.#view.zoom = zoom;
    for (const chart of this.#mates()) chart.redraw();
  }

  /** To the next sample, or so many further, and what is seen moves along; from nowhere to the last that is seen. */
  #moveCursor(steps: number): void {
    const times = this.#plot.data[0];
    if (times.length === 0) return;
    const { max } = this.#range();
    const from = this.#plot.cursor.idx ?? times.findLastIndex((timeMs) => timeMs <= max) - steps;
    const index = Math.min(times.length - 1, Math.max(0, from + steps));
    const timeMs = times[index] ?? 0;
    this.#bringIntoSight(timeMs);
    // Where the cursor stands goes by the scale, and uPlot takes up a new one in a microtask.
    queueMicrotask(() => {
      for (const chart of this.#mates()) chart.#showCursorAt(timeMs);
    });
    this.#tools.sayAloud(this.#data, index);
  }

  /** Where it lies outside of what is seen, that moves until the time is at its edge. */
  #bringIntoSight(timeMs: number): void {
    const { zoom } = this.#view;
    if (zoom === null) return;
    const { fromMs, untilMs } = zoom;
    // The edge is the time itself: a rounding error off it, uPlot would not find the sample there.
    if (timeMs < fromMs) this.#see({ fromMs: timeMs, untilMs: timeMs + (untilMs - fromMs) });
    else if (timeMs > untilMs) this.#see({ fromMs: timeMs - (untilMs - fromMs), untilMs: timeMs });
  }

  #showCursorAt(timeMs: number): void {
    this.#plot.setCursor({ left: this.#plot.valToPos(timeMs, 'x'), top: 0 });
  }

  #range(): { readonly min: number; readonly max: number } {
    const { fromMs, untilMs } = this.#view.zoom ?? this.#data.scale;
    return { min: fromMs, max: untilMs };
  }

  #sizes(): [number, number] {
    const { zoom } = this.#view;
    const { minBytes, maxBytes } = this.#data.scale;
    if (zoom === null || this.#data.memory === null) return [minBytes, maxBytes];
    const charts = this.#mates().filter((chart) => chart.#data.memory !== null);
    const highest = Math.max(0, ...charts.map((chart) => chart.highestBytes(zoom.fromMs, zoom.untilMs)));
    return [minBytes, highest === 0 ? maxBytes : highest * 1.08];
  }

  #height(): number {
    return this.#data.memory === null ? 150 : 330;
  }

  #options(): uPlot.Options {
    const colour = (name: string): string => colourOf(this.#host, name);
    const accent = (): string =>
      ({ leaking: colour('--leak'), steady: colour('--steady'), inconclusive: colour('--floor') })[
        this.#data.tone
      ];
    const floor = (): string => (this.#data.accent === 'floor' ? accent() : colour('--floor'));
    const axis: uPlot.Axis = {
      stroke: () => colour('--soft'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: () => colour('--rule'), width: 1 },
      ticks: { show: false },
    };
    const isMemory = this.#data.memory !== null;
    return {
      width: this.#host.clientWidth,
      height: this.#height(),
      // Above the lines two rows of words say what happened when.
      padding: [isMemory ? 34 : 8, 14, 0, 0],
      legend: { show: false },
      ms: 1,
      scales: {
        x: { time: false, range: () => [this.#range().min, this.#range().max] },
        y: { range: () => this.#sizes() },
      },
      series: [
        {},
        {
          show: isMemory,
          stroke: () => (this.#data.accent === 'rss' ? accent() : colour('--rss')),
          width: 2,
          dash: [1, 4],
          cap: 'round',
          points: { show: false },
        },
        { show: isMemory, stroke: () => colour('--heap'), width: 1.2, points: { show: false } },
        {
          stroke: floor,
          fill: () => (isMemory ? `${floor()}12` : 'transparent'),
          width: 2.5,
          points: { show: () => this.#data.floors.timeMs.length <= DOTS_AT_MOST, size: 5, fill: floor },
        },
      ],
      axes: [
        {
          ...axis,
          size: 30,
          splits: (plot, _, min, max) => timeTicks(min, max, plot.width < 500 ? 3 : 6),
          values: (_, times) => times.map((timeMs) => (timeMs === 0 ? '0' : formatDuration(timeMs))),
        },
        {
          ...axis,
          size: 64,
          splits: (_, __, min, max) => byteTicks(min, max, isMemory ? 5 : 3),
          values: (_, sizes) => sizes.map((bytes) => formatBytes(bytes)),
        },
      ],
      cursor: {
        sync: { key: `group-${this.#data.group}`, setSeries: false },
        drag: { x: true, y: false, setScale: false },
        // A double click shows all of it again; uPlot would ask the data how much that is.
        bind: {
          dblclick: () => () => {
            this.#zoomTo(null);
            return null;
          },
        },
        y: false,
      },
      hooks: {
        draw: [(plot) => drawMarks(plot, this.#data)],
        setCursor: [(plot) => this.#tools?.tell(this.#data, plot.cursor.idx ?? null)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width === 0) return;
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            this.#zoomTo({ fromMs: plot.posToVal(left, 'x'), untilMs: plot.posToVal(left + width, 'x') });
          },
        ],
      },
    };
  }
}

/** With more floors than that the dots would be a band. */
const DOTS_AT_MOST = 90;
/** No closer than this: samples are a second apart. */
const CLOSEST_MS = 1000;

/** One column of times for all lines: between two samples there may be a floor, which breaks no line. */
function columnsOf({ memory, floors }: PlotData): uPlot.AlignedData {
  const tables: uPlot.AlignedData[] = [
    [[...(memory?.timeMs ?? [])], [...(memory?.rss ?? [])], [...(memory?.heapUsed ?? [])]],
    [[...floors.timeMs], [...floors.bytes]],
  ];
  return uPlot.join(
    tables,
    tables.map((table) => table.map(() => NULL_BREAKS_LINE)),
  );
}

const NULL_BREAKS_LINE = 1;
