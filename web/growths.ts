import { htmlOf } from '../src/present/html/markup.ts';
import type { GrowthFacts } from '../src/present/html/script-facts.ts';
import { firstMoments, growthFigure, type Moments } from './growth-figure.ts';
import { morphInto } from './morph.ts';

/** The flame graphs of sampled growth, each in the element that has its id, between the two moments that its reader chose. */
export class Growths {
  readonly #shownById = new Map<string, Shown>();

  draw(growths: readonly GrowthFacts[]): void {
    for (const { id, growth } of growths) {
      const host = document.getElementById(id);
      if (host === null) continue;
      const known = this.#shownById.get(id);
      const shown = known?.host === host ? known : listenTo({ host, growth, chosen: known?.chosen ?? null });
      shown.growth = growth;
      this.#shownById.set(id, shown);
      redraw(shown);
    }
  }

  /** Whether what is in this element is a graph's and no other's business. */
  readonly isGrowth = (element: Element): boolean => element.classList.contains('growth');
}

type Shown = {
  readonly host: HTMLElement;
  growth: GrowthFacts['growth'];
  /** `null` until the reader has chosen. */
  chosen: Moments | null;
};

function listenTo(shown: Shown): Shown {
  shown.host.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    const moment = Number(target.value);
    // The other moment gives way, so that there is always something between.
    const { from, until } = momentsOf(shown);
    shown.chosen = target.classList.contains('from')
      ? { from: moment, until: Math.max(until, moment + 1) }
      : { from: Math.min(from, moment - 1), until: moment };
    redraw(shown);
  });
  return shown;
}

function momentsOf({ growth, chosen }: Shown): Moments {
  return chosen ?? firstMoments(growth);
}

function redraw(shown: Shown): void {
  const { host, growth } = shown;
  const moments = momentsOf(shown);
  morphInto(host, htmlOf(growthFigure(growth, moments)), () => false);
  // What was once chosen by hand no longer follows its attribute.
  for (const name of ['from', 'until'] as const) {
    const select = host.querySelector<HTMLSelectElement>(`select.${name}`);
    if (select !== null) select.value = String(moments[name]);
  }
}
