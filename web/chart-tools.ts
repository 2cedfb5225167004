import type uPlot from 'uplot';
import { formatBytes } from '../src/core/bytes.ts';
import { formatDuration } from '../src/core/duration.ts';
import type { PlotData } from '../src/present/html/plot-data.ts';
import type { GroupView } from './charts.ts';

export type ChartActions = {
  zoomBy(factor: number): void;
  showAll(): void;
  moveCursor(steps: number): void;
};

/** What a reader does with a chart, by mouse, keys or touch, and what it says of the place under the cursor. */
export class ChartTools {
  readonly #host: HTMLElement;
  readonly #plot: uPlot;
  readonly #actions: ChartActions;
  readonly #tip = elementOf('div', 'tip');
  readonly #aloud = elementOf('p', 'unseen');
  readonly #stretch = elementOf('span', 'stretch');

  constructor(host: HTMLElement, plot: uPlot, actions: ChartActions) {
    this.#host = host;
    this.#plot = plot;
    this.#actions = actions;
    this.#tip.hidden = true;
    this.#tip.ariaHidden = 'true';
    this.#aloud.ariaLive = 'polite';
    host.tabIndex = 0;
    host.setAttribute('role', 'group');
    const tools = elementOf('div', 'tools');
    tools.append(
      this.#stretch,
      button('+', 'Zoom in', () => actions.zoomBy(ZOOM_STEP)),
      button('−', 'Zoom out', () => actions.zoomBy(1 / ZOOM_STEP)),
      button('All', 'Show all of it', () => actions.showAll()),
    );
    host.append(tools, this.#tip, this.#aloud);
    host.addEventListener('keydown', this.#onKey);
    host.addEventListener('wheel', this.#onWheel, { passive: false });
  }

  describe(data: PlotData): void {
    // The floors alone stand below the chart of all memory, and share its table.
    const figures =
      data.memory === null ? `in the column “${data.floorWords}” of the table above` : 'in the table below';
    this.#host.ariaLabel = `${data.words}. Arrow keys move the cursor, plus and minus zoom, 0 shows all. Its figures are ${figures}.`;
  }

  /** Which stretch of time is seen; `null` is all of it. */
  showStretch(zoom: GroupView['zoom']): void {
    this.#stretch.textContent =
      zoom === null ? '' : `${formatDuration(zoom.fromMs)} to ${formatDuration(zoom.untilMs)}`;
  }

  /** Beside the cursor; `null` where it is nowhere. */
  tell(data: PlotData, index: number | null): void {
    const left = this.#plot.cursor.left ?? -1;
    this.#tip.hidden = index === null || left < 0;
    if (index === null || left < 0) return;
    const [time, ...values] = readingAt(this.#plot, data, index);
    const head = document.createElement('b');
    head.textContent = time ?? '';
    const lines = values.map((words) => {
      const line = document.createElement('div');
      line.textContent = words;
      return line;
    });
    this.#tip.replaceChildren(head, ...lines);
    const at = left + this.#plot.over.offsetLeft;
    const isRight = at > this.#host.clientWidth / 2;
    this.#tip.style.left = isRight ? '' : `${at + 12}px`;
    this.#tip.style.right = isRight ? `${this.#host.clientWidth - at + 12}px` : '';
    this.#tip.style.top = '26px';
  }

  sayAloud(data: PlotData, index: number): void {
    this.#aloud.textContent = readingAt(this.#plot, data, index).join(', ');
  }

  remove(): void {
    this.#host.removeEventListener('keydown', this.#onKey);
    this.#host.removeEventListener('wheel', this.#onWheel);
    this.#host.replaceChildren();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = event.shiftKey ? 10 : 1;
    switch (event.key) {
      case 'ArrowLeft':
        this.#actions.moveCursor(-steps);
        break;
      case 'ArrowRight':
        this.#actions.moveCursor(steps);
        break;
      case '+':
      case '=':
        this.#actions.zoomBy(ZOOM_STEP);
        break;
      case '-':
        this.#actions.zoomBy(1 / ZOOM_STEP);
        break;
      case '0':
      case 'Escape':
        this.#actions.showAll();
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  /** Only with Ctrl, which a trackpad's pinch counts as: a page that can't be scrolled past a chart is worse. */
  readonly #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#actions.zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
  };
}

const ZOOM_STEP = 0.6;

/** When, and what was measured there: of each line its last value up to then. */
function readingAt(plot: uPlot, data: PlotData, index: number): string[] {
  const [times, rss, heapUsed, floors] = plot.data;
  const valueAt = (column: uPlot.AlignedData[number] | undefined): number | null => {
    for (let at = index; at >= 0; at -= 1) {
      const value = column?.[at];
      if (value != null) return value;
    }
    return null;
  };
  const line = (words: string, bytes: number | null): string[] =>
    bytes === null ? [] : [`${words} ${formatBytes(bytes)}`];
  return [
    formatDuration(times[index] ?? 0),
    ...line(data.floorWords, valueAt(floors)),
    ...(data.memory === null ? [] : [...line('heap used', valueAt(heapUsed)), ...line('rss', valueAt(rss))]),
  ];
}

function button(words: string, title: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  made.title = title;
  made.ariaLabel = title;
  made.addEventListener('click', onClick);
  return made;
}

function elementOf(name: 'div' | 'p' | 'span', className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
