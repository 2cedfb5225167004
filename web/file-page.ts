/**
 * The script of a page in a file: where it runs, the charts and flame graphs that are drawn in the page make room for those of the
 * live page, which can be zoomed into and read off, and whose moments can be chosen; boxes are reached by keys. It asks nobody for
 * anything: all it knows is in the page.
 */
import type { ScriptFacts } from '../src/present/html/script-facts.ts';
import { Boxes } from './boxes.ts';
import { Charts } from './charts.ts';
import { Growths } from './growths.ts';

const facts = JSON.parse(document.getElementById('facts')?.textContent ?? '') as ScriptFacts;
// The charts have no width to be drawn in before.
document.documentElement.classList.add('scripted');
try {
  new Charts().draw(facts.plots);
  new Growths().draw(facts.growths);
  new Boxes().prepare();
} catch (error) {
  // An old browser, say: what was drawn when the page was written is still there.
  document.documentElement.classList.remove('scripted');
  throw error;
}
