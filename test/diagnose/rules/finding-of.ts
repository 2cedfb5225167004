import { expect } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { DiagnoseContext, GrowingContainer } from '../../../src/diagnose/growing-container.ts';
import { type Drawing, sourcesOf } from '../drawing.ts';
import { context } from '../growing.ts';

/** What is said of one growing container, with these files to read. */
export async function findingOf(
  container: GrowingContainer,
  files: readonly Drawing[],
  more: Partial<DiagnoseContext> = {},
): Promise<Finding> {
  const findings = await diagnose([container], context(sourcesOf(...files), more));
  expect(findings).toHaveLength(1);
  return findings[0];
}

export async function kindOf(container: GrowingContainer, ...files: readonly Drawing[]): Promise<string> {
  return (await findingOf(container, files)).kind;
}
