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
      if (known?.host === host) known.growth = growth;
      else
        this.#shownById.set(id, listenTo({ host, growth, moments: known?.moments ?? firstMoments(growth) }));
      redraw(this.#shownById.get(id));
    }
  }

  /** Whether what is in this element is a graph's and no other's business. */
  readonly isGrowth = (element: Element): boolean => element.classList.contains('growth');
}

type Shown = { readonly host: HTMLElement; growth: GrowthFacts['growth']; moments: Moments };

function listenTo(shown: Shown): Shown {
  shown.host.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLSelectElement)) return;
    const chosen = Number(target.value);
    // The other moment gives way, so that there is always something between.
    const { from, until } = shown.moments;
    shown.moments = target.classList.contains('from')
      ? { from: chosen, until: Math.max(until, chosen + 1) }
      : { from: Math.min(from, chosen - 1), until: chosen };
    redraw(shown);
  });
  return shown;
}

function redraw(shown: Shown | undefined): void {
  if (shown === undefined) return;
  const { host, growth, moments } = shown;
  morphInto(host, htmlOf(growthFigure(growth, moments)), () => false);
  // What was once chosen by hand no longer follows its attribute.
  for (const name of ['from', 'until'] as const) {
    const select = host.querySelector<HTMLSelectElement>(`select.${name}`);
    if (select !== null) select.value = String(moments[name]);
  }
}
