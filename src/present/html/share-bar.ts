import { percent } from '../figures.ts';
import { element, type Markup } from './markup.ts';

/** A part of a whole as a bar. What is more than the whole fills it. */
export function shareBar(share: number): Markup {
  const part = Math.min(1, Math.max(0, share));
  return element(
    'svg',
    {
      class: 'share',
      width: '100%',
      height: 8,
      role: 'img',
      'aria-label': `${percent(Math.round(part * 1000) / 1000)} explained`,
    },
    element('rect', { class: 'whole', width: '100%', height: 8, rx: 4 }),
    element('rect', { class: 'part', width: `${Math.round(part * 1000) / 10}%`, height: 8, rx: 4 }),
  );
}
