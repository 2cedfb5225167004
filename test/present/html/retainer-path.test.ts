import { expect, test } from 'vitest';
import { renderHtml } from '../../../src/present/html/page.ts';
import { retainerPath } from '../../../src/present/html/retainer-path.ts';
import { keptFinding, leakingReport, packageFinding, sessionsFinding } from '../reports.ts';
import { parsePage, textOf } from './parsed-page.ts';

test('each node has its state in words, and why', () => {
  const html = retainerPath(sessionsFinding())?.html ?? '';
  const nodes = [...html.matchAll(/<li class="([^"]*)">(.*?)<\/li>/g)].map(([, name, content]) => [
    name,
    textOf(parsePage(content ?? '')),
  ]);
  expect(nodes).toEqual([
    ['alive', 'Server alive open: Node keeps it as long as it is'],
    ['open', 'connection listener not known kept by the Server until it is taken off'],
    ['alive holder', "sessions alive a module's variable, which stays as long as the process"],
    ['closed', '7 WebSockets closed CLOSED, as 7 of the 7 that were looked at are'],
    ['gone', 'history ×7 should be gone what it is for is over: the WebSocket is CLOSED'],
  ]);
});

test('without states the names stand alone, and without a path nothing does', () => {
  const page = renderHtml(leakingReport({ findings: [packageFinding()] }), { withSource: false });
  expect(page).toContain('<ol class="path" aria-label="the way from a root to what is kept">');
  expect(retainerPath(keptFinding())).toBeNull();
});
