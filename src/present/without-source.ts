import type { Comparison, IsolateReport, Report, ReportFinding, Reports } from '../report/schema.ts';

/** The same document without a line of the program's text: names and places stay. Safe to be handed on. */
export function withoutSource<Document extends Report | Reports | Comparison>(document: Document): Document;
export function withoutSource(document: Report | Reports | Comparison): Report | Reports | Comparison {
  switch (document.schema) {
    case 'leakline/report@1':
      return reportWithout(document);
    case 'leakline/reports@1':
      return { ...document, reports: document.reports.map(reportWithout) };
    case 'leakline/comparison@1':
      return {
        ...document,
        sides: document.sides.map((side) => ({ ...side, report: reportWithout(side.report) })),
      };
  }
}

function reportWithout(report: Report): Report {
  return { ...report, ...isolateWithout(report), isolates: report.isolates.map(isolateWithout) };
}

function isolateWithout<Part extends IsolateReport>(isolate: Part): Part {
  const { findings, account } = isolate;
  return {
    ...isolate,
    findings: findings.map(findingWithout),
    account: account === null ? null : { ...account, heldBack: account.heldBack.map(findingWithout) },
  };
}

function findingWithout(finding: ReportFinding): ReportFinding {
  return { ...finding, excerpts: [] };
}
