import type uPlot from 'uplot';

export type FingerActions = {
  isZoomed(): boolean;
  /** The stretch that is to be seen, as far as there is one. */
  show(fromMs: number, untilMs: number): void;
};

/**
 * On a touch screen a chart that is zoomed into follows the fingers: one moves what is seen, two zoom, and the time under a finger
 * stays there. Of a chart that shows all they are the page's, which is scrolled and enlarged, and in both a tap is a click.
 *
 * The style sheet has the browser leave them to us (`touch-action`): a finger that goes up or down scrolls the page still, and then we
 * are told that it is no longer ours.
 */
export function followFingers(plot: uPlot, actions: FingerActions): void {
  const { over } = plot;
  const fingers = new Map<number, Finger>();
  const placeOf = ({ clientX }: PointerEvent): number => clientX - over.getBoundingClientRect().left;
  /** From where they are now, since what is seen may have met an end while they went on. */
  const begin = (): void => {
    for (const finger of fingers.values()) finger.timeMs = plot.posToVal(finger.place, 'x');
  };
  const end = ({ pointerId }: PointerEvent): void => {
    if (fingers.delete(pointerId)) begin();
  };
  over.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' || fingers.size === 2 || (fingers.size === 0 && !actions.isZoomed()))
      return;
    fingers.set(event.pointerId, { place: placeOf(event), timeMs: 0 });
    begin();
  });
  over.addEventListener('pointermove', (event) => {
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) return;
    finger.place = placeOf(event);
    const [first, second] = fingers.values();
    if (first === undefined) return;
    const msPerPixel = second === undefined ? shownMsPerPixel(plot) : msPerPixelBetween(first, second);
    if (msPerPixel === null) return;
    const fromMs = first.timeMs - first.place * msPerPixel;
    actions.show(fromMs, fromMs + over.clientWidth * msPerPixel);
  });
  over.addEventListener('pointerup', end);
  over.addEventListener('pointercancel', end);
}

type Finger = {
  /** In pixels from the left edge of the chart. */
  place: number;
  /** What stood there when the fingers became so many. */
  timeMs: number;
};

function shownMsPerPixel({ scales, over }: uPlot): number | null {
  const { min, max } = scales.x ?? {};
  return min == null || max == null ? null : (max - min) / over.clientWidth;
}

/** `null` where they are too close to each other to say, or have changed sides. */
function msPerPixelBetween(one: Finger, other: Finger): number | null {
  const pixels = other.place - one.place;
  const ms = other.timeMs - one.timeMs;
  return Math.abs(pixels) < LEAST_PIXELS || ms / pixels <= 0 ? null : ms / pixels;
}

const LEAST_PIXELS = 12;
