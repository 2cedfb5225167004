/**
 * The script of the live page. It knows nothing of memory: the command sends finished HTML, the points of the charts and the
 * stacks of the flame graphs, and this puts the first into the page and draws the others.
 */
import type { PageFrame } from '../src/present/web/page-frame.ts';
import { Boxes } from './boxes.ts';
import { Charts } from './charts.ts';
import { Growths } from './growths.ts';
import { morphInto } from './morph.ts';

const page = byId('page');
const connection = byId('connection');
const verdict = byId('verdict');
const charts = new Charts();
const growths = new Growths();
const boxes = new Boxes();

let latest: PageFrame | null = null;
let verdictWords = '';
let isDrawingPlanned = false;
let isOver = false;

const events = new EventSource('events');
events.addEventListener('frame', ({ data }: MessageEvent<string>) => {
  latest = JSON.parse(data) as PageFrame;
  tell('');
  planDrawing();
});
events.addEventListener('end', () => {
  events.close();
  isOver = true;
  planDrawing();
});
events.addEventListener('error', () => {
  if (events.readyState !== EventSource.CLOSED) tell('No connection to leakline. Trying again …');
  else tell('leakline no longer answers this page. This is the last that it showed.');
});

/** In a tab that nobody sees this waits, and then draws only what is the latest. */
function planDrawing(): void {
  if (isDrawingPlanned) return;
  isDrawingPlanned = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  isDrawingPlanned = false;
  const frame = latest;
  latest = null;
  if (frame !== null) {
    document.title = frame.title;
    morphInto(page, frame.html, (element) => charts.isChart(element) || growths.isGrowth(element));
    charts.draw(frame.plots);
    growths.draw(frame.growths);
    boxes.prepare();
    tellVerdict();
  }
  // Not before what it speaks of is there.
  if (isOver) tell('leakline has ended. This is the last that it showed.');
}

/** Said aloud by screen readers, so only when it is something new. */
function tell(words: string): void {
  if (connection.textContent !== words) connection.textContent = words;
}

/** Said aloud when its word is another, and not each second, when its figures are. */
function tellVerdict(): void {
  const heads = [...page.querySelectorAll('.verdict > .word')];
  const words = heads.map((head) => head.firstChild?.textContent ?? '').join();
  if (words === verdictWords) return;
  verdictWords = words;
  // Of two sides each is called by its name.
  verdict.textContent = heads
    .map((head) => `${head.closest('section')?.ariaLabel ?? ''} ${head.textContent}`.trim())
    .join(', ');
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}
