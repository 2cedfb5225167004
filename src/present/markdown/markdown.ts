import type { Comparison, Report, Reports } from '../../report/schema.ts';
export function renderMarkdown(
  _document: Report | Reports | Comparison,
  _options: { readonly withSource: boolean },
): string {
  return '';
}
