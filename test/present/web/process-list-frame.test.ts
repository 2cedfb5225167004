import { describe, expect, test } from 'vitest';
import { processListFrame } from '../../../src/present/web/process-list-frame.ts';
import type { ProcessRow } from '../../../src/report/process-list.ts';
import { parsePage, textOf } from '../html/parsed-page.ts';
import { PROCESSES } from '../processes.ts';

describe('the list of processes', () => {
  test('tells of each how to watch it, or why that is not possible', () => {
    const text = textOf(parsed(PROCESSES));
    for (const { pid, command, way, reason } of PROCESSES) {
      expect(text).toContain(command);
      expect(text.includes(`leakline ${pid} --ui`)).toBe(way !== null);
      if (reason !== null) expect(text).toContain(reason);
    }
    expect(processListFrame(PROCESSES).title).toBe('4 Node processes · leakline');
  });

  test('has nothing to press and nowhere to go', () => {
    expect(processListFrame(PROCESSES).html).not.toMatch(/<(button|form|a|input|script)\b/);
  });

  test('says what to do where there is none', () => {
    const text = textOf(parsed([]));
    expect(text).toContain('No Node process that this user can see');
    expect(text).toContain('leakline run --ui -- node server.js');
  });
});

function parsed(rows: readonly ProcessRow[]): ReturnType<typeof parsePage> {
  return parsePage(
    `<!doctype html><html lang="en"><head><title>x</title></head><body>${processListFrame(rows).html}</body></html>`,
  );
}
