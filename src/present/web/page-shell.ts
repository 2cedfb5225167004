import { documentHtml, element, htmlOf } from '../html/markup.ts';

/** The page before its first frame: everything that names something comes later. */
export const SHELL: string = documentHtml(
  element(
    'html',
    { lang: 'en' },
    element(
      'head',
      {},
      element('meta', { charset: 'utf-8' }),
      element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      element('meta', { name: 'color-scheme', content: 'light dark' }),
      element('title', {}, 'leakline'),
      element('link', { rel: 'icon', href: 'icon.svg', type: 'image/svg+xml' }),
      element('link', { rel: 'stylesheet', href: 'page.css' }),
      element('script', { src: 'page.js', type: 'module' }),
    ),
    element(
      'body',
      {},
      element(
        'div',
        { id: 'page' },
        element('main', {}, element('h1', {}, 'leakline'), element('p', {}, 'Waiting for the first look.')),
      ),
      element('p', { id: 'connection', class: 'connection', role: 'status' }),
      element('p', { id: 'verdict', class: 'unseen', role: 'status' }),
      element(
        'noscript',
        {},
        element(
          'p',
          {},
          'This page changes while it is read, which needs its script. --html writes one that does not.',
        ),
      ),
    ),
  ),
);

/**
 * The answer to who brings the token. It leads on from a document of ours, because a browser keeps a strict cookie back
 * from a redirection that another site has begun: a terminal or a chat in a browser, where the address was clicked.
 */
export function entrancePage(folder: string): string {
  const page = `/${folder}/`;
  return documentHtml(
    element(
      'html',
      { lang: 'en' },
      element(
        'head',
        {},
        element('meta', { charset: 'utf-8' }),
        element('meta', { 'http-equiv': 'refresh', content: `0;url=${page}` }),
        element('title', {}, 'leakline'),
        // Else the browser would look for one outside of the folder, and be refused.
        element('link', { rel: 'icon', href: `${page}icon.svg`, type: 'image/svg+xml' }),
      ),
      element('body', {}, element('p', {}, element('a', { href: page }, 'leakline'))),
    ),
  );
}

/** A floor that rises. */
export const ICON: string = htmlOf(
  element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: '0 0 16 16' },
    element('rect', { width: 16, height: 16, rx: 3, fill: '#b3261e' }),
    element('path', { d: 'M3 12L6 10L9 8L13 4', fill: 'none', stroke: '#fff', 'stroke-width': 2 }),
  ),
);
