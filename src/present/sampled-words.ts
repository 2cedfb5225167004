import type { ReportLocation } from '../report/schema.ts';

export type FrameOwner = 'own' | 'package' | 'node';

/** Whose code a frame is: the program's own, a package's, or Node's and V8's. */
export function frameOwner({ file, package: name }: ReportLocation): FrameOwner {
  if (file === '' || file.startsWith('node:')) return 'node';
  return name === null ? 'own' : 'package';
}

export function frameName({ function: name, file }: ReportLocation): string {
  return name ?? (file === '' ? 'V8' : 'a function without a name');
}
