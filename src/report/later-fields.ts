/**
 * What a report of an earlier leakline does not have yet, as it is where it is not known: `[]` or `null`. Anything else is left as
 * it is, so that whoever checks the document afterwards says what is wrong with it.
 */
export function withLaterFields(document: unknown): unknown {
  if (!isObject(document)) return document;
  switch (document['schema']) {
    case 'leakline/report@1':
      return reportWith(document);
    case 'leakline/reports@1':
      return { ...document, reports: each(document['reports'], reportWith) };
    case 'leakline/comparison@1':
      return {
        ...document,
        sides: each(document['sides'], (side) => ({
          ...side,
          ...(isObject(side['report']) ? { report: reportWith(side['report']) } : {}),
        })),
      };
    default:
      return document;
  }
}

function reportWith(report: Fields): Fields {
  const { snapshot } = report;
  const taken = isObject(snapshot) ? snapshot['taken'] : null;
  return {
    snapshot: null,
    ...isolateWith(report),
    ...(isObject(taken) ? { snapshot: { ...(snapshot as Fields), taken: { tree: null, ...taken } } } : {}),
    isolates: each(report['isolates'], isolateWith),
  };
}

function isolateWith(isolate: Fields): Fields {
  const { account, sampledGrowth } = isolate;
  return {
    containers: [],
    sampledGrowth: null,
    ...isolate,
    findings: each(isolate['findings'], findingWith),
    ...(isObject(sampledGrowth)
      ? {
          sampledGrowth: {
            ...sampledGrowth,
            stacks: each(sampledGrowth['stacks'], (stack) => ({ bytesByAge: [], ...stack })),
          },
        }
      : {}),
    ...(isObject(account)
      ? { account: { ...account, heldBack: each(account['heldBack'], findingWith) } }
      : {}),
  };
}

function findingWith(finding: Fields): Fields {
  return { path: [], ...finding };
}

type Fields = Readonly<Record<string, unknown>>;

function each(list: unknown, change: (item: Fields) => Fields): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? change(item) : item)) : list;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
