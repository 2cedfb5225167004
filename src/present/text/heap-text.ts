import { formatBytes } from '../../core/bytes.ts';
import type {
  HeapAnswer,
  HeapClassAnswer,
  HeapGrowthAnswer,
  HeapHolder,
  HeapPathAnswer,
  HeapStep,
  HeapStringsAnswer,
  HeapSummary,
} from '../../report/heap-summary.ts';
import { count, percent } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { heapFindingBlocks } from './heap-finding-lines.ts';
import { unusedPlaceWords } from '../unused-place.ts';
import { joinLines, type Layout } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/** What was asked of a heap snapshot, for a person. Ends with a newline. */
export function renderHeap(answer: HeapAnswer, options: TextOptions): string {
  const safe = sanitizeDocument(answer, options);
  const layout: Layout = { columns: Math.max(20, options.columns), glyphs: glyphsFor(options.unicode) };
  return joinLines(linesOf(safe, layout), layout, options);
}

function linesOf(answer: HeapAnswer, layout: Layout): Line[][] {
  switch (answer.schema) {
    case 'leakline/heap-path@1':
      return [titleLines(answer.file, layout), ...pathLines(answer)];
    case 'leakline/heap-class@1':
      return [
        titleLines(answer.file, layout),
        classHeadLines(answer),
        heldByLines(answer),
        instanceLines(answer),
      ];
    case 'leakline/heap-strings@1':
      return [titleLines(answer.file, layout), stringLines(answer)];
    case 'leakline/heap-growth@1':
      return [
        growthHeadLines(answer, layout),
        ...heapFindingBlocks(answer, layout),
        grownClassLines(answer, layout),
        ...pointLines(answer),
      ];
    case 'leakline/heap-summary@1':
      return [
        headLines(answer, layout),
        classLines(answer),
        holderLines(answer),
        detachedLines(answer),
        unusedLines(answer),
      ];
  }
}

function titleLines(file: string, { glyphs }: Layout): Line[] {
  return [
    [
      { text: 'leakline', tone: 'strong' },
      { text: ` ${glyphs.dot} ${file}`, tone: 'faint' },
    ],
  ];
}

/** Each step with the edge that leads to it; what it retains falls where the holder that counts is passed. */
function pathLines({ asked, count: meant, paths }: HeapPathAnswer): Line[][] {
  const shown = `${count(meant)} nodes of ${asked}: the ways to those that retain most`;
  return [
    ...(meant === 1 ? [] : [[[{ text: shown }] satisfies Line]]),
    ...paths.map(({ node, alike, steps }): Line[] => [
      heading(
        '   retained',
        '     self',
        '',
        `way to ${nodeWords(node)}${alike === 0 ? '' : `, and to ${count(alike)} more but for an index`}`,
      ),
      ...(steps === null
        ? [[{ text: '  nothing keeps it alive, or only weak edges lead to it' }]]
        : shortened(steps).map((step): Line => {
            if (typeof step === 'number') return leftOut(step);
            const { edge, node: to } = step;
            return row(formatBytes(to.retainedBytes), formatBytes(to.selfBytes), '', [
              { text: edgeWords(edge), tone: 'strong' },
              { text: `  ${edge.type}  `, tone: 'faint' },
              { text: nodeWords(to) },
            ]);
          })),
    ]),
  ];
}

function growthHeadLines(
  { files, nodes, selfBytes, matchedBy, sharedNodes }: HeapGrowthAnswer,
  layout: Layout,
): Line[] {
  const least = Math.min(nodes[0] ?? 0, nodes.at(-1) ?? 0);
  return [
    ...titleLines(files.join(' '), layout),
    [{ text: `${nodes.map(count).join(', ')} nodes` }],
    [{ text: selfBytes.map(formatBytes).join(', ') }],
    ...(matchedBy === 'id' && sharedNodes < least / 2
      ? [[{ text: `only ${count(sharedNodes)} nodes are in both: are they of one process?` }]]
      : []),
  ];
}

function grownClassLines(
  { classes, shapes, files, matchedBy }: HeapGrowthAnswer,
  { glyphs }: Layout,
): Line[] {
  return [
    heading(
      'own bytes',
      'count',
      matchedBy === 'id' ? 'new' : '',
      `class (largest ${classes.length} that grew)`,
    ),
    ...classes.flatMap(({ name, counts, selfBytes, newCount, isSteady }): Line[] => {
      const each = files.length > 2 && isSteady ? `  ${glyphs.dot} more in each` : '';
      const isNew = matchedBy === 'id' ? count(newCount) : '';
      const own = row(grownBytes(selfBytes), grownCount(counts), isNew, [
        { text: name },
        { text: each, tone: 'faint' },
      ]);
      return name === 'Object' ? [own, ...shapes.map(shapeLine)] : [own];
    }),
  ];
}

/** Under its class, of which it is a part. */
function shapeLine({ name, counts, selfBytes }: HeapGrowthAnswer['shapes'][number]): Line {
  return row(grownBytes(selfBytes), grownCount(counts), '', [{ text: `  ${name}`, tone: 'faint' }]);
}

function grownBytes(byFile: readonly number[]): string {
  return `+${formatBytes((byFile.at(-1) ?? 0) - (byFile[0] ?? 0))}`;
}

function grownCount(byFile: readonly number[]): string {
  const grown = (byFile.at(-1) ?? 0) - (byFile[0] ?? 0);
  return `${grown < 0 ? '' : '+'}${count(grown)}`;
}

/** Where the findings leave half of the growth open: what else retains more, each with its way from the root. */
function pointLines({ points, findings }: HeapGrowthAnswer): Line[][] {
  if (findings.reduce((sum, { growth }) => sum + growth.share, 0) > 0.5) return [];
  const told = new Set(findings.map(({ growth }) => growth.id));
  return points
    .filter(({ node }) => !told.has(node.id))
    .map(({ node, retainedBytesBefore, path }): Line[] => [
      row(`+${formatBytes(node.retainedBytes - retainedBytesBefore)}`, formatBytes(node.retainedBytes), '', [
        { text: nodeWords(node), tone: 'strong' },
      ]),
      ...shortened(path).map(
        (step): Line =>
          typeof step === 'number'
            ? leftOut(step)
            : row('', '', '', [
                { text: `${edgeWords(step.edge)}  ` },
                { text: nodeWords(step.node), tone: 'faint' },
              ]),
      ),
    ]);
}

/** A list of a million links is a way of a million steps: its ends, and how many are between. */
function shortened(steps: readonly HeapStep[]): (HeapStep | number)[] {
  if (steps.length <= STEPS_SHOWN) return [...steps];
  const half = STEPS_SHOWN / 2;
  return [...steps.slice(0, half), steps.length - STEPS_SHOWN, ...steps.slice(-half)];
}

function leftOut(steps: number): Line {
  return row('', '', '', [{ text: `(${count(steps)} more steps; --json has them)`, tone: 'faint' }]);
}

function edgeWords({ name }: HeapStep['edge']): string {
  if (typeof name === 'number') return `[${name}]`;
  return name === '' ? '(no name)' : name;
}

function classHeadLines({ name, count: instances, selfBytes, retainedBytes }: HeapClassAnswer): Line[] {
  const self = formatBytes(selfBytes);
  const retained = formatBytes(retainedBytes);
  return [[{ text: `${name}: ${count(instances)} instances, ${self} themselves, ${retained} retained` }]];
}

function heldByLines({ heldBy }: HeapClassAnswer): Line[] {
  return [
    heading('      count', '', '', 'held by (on the shortest way)'),
    ...heldBy.map((one): Line => row(count(one.count), '', '', [{ text: `${one.className}.${one.edge}` }])),
  ];
}

function instanceLines({ instances }: HeapClassAnswer): Line[] {
  return [
    heading('   retained', '     self', '', `instance (largest ${instances.length})`),
    ...instances.map(
      (node): Line =>
        row(formatBytes(node.retainedBytes), formatBytes(node.selfBytes), '', [{ text: nodeWords(node) }]),
    ),
  ];
}

function stringLines({ strings }: HeapStringsAnswer): Line[] {
  return [
    heading('      count', '     self', '', `text (largest ${strings.length}, those of one text together)`),
    ...strings.map(
      ({ text, count: copies, selfBytes, heldBy }): Line =>
        row(count(copies), formatBytes(selfBytes), '', [
          { text: JSON.stringify(text.slice(0, TEXT_LENGTH_SHOWN)) },
          { text: heldBy === null ? '' : `  ${heldBy.className}.${heldBy.edge}`, tone: 'faint' },
        ]),
    ),
  ];
}

function nodeWords({ id, type, name, contextOf, value }: HeapHolder): string {
  const shown = name === '' ? '(no name)' : name.slice(0, TEXT_LENGTH_SHOWN);
  const of = contextOf === undefined ? '' : ` of ${contextOf.slice(0, TEXT_LENGTH_SHOWN)}`;
  const said = value === undefined ? '' : ` ${value.slice(0, TEXT_LENGTH_SHOWN)}`;
  return `${shown}${of}${said}  ${type} @${id}`;
}

const TEXT_LENGTH_SHOWN = 60;
const STEPS_SHOWN = 40;

function headLines({ file, nodes, edges, selfBytes, unretained }: HeapSummary, { glyphs }: Layout): Line[] {
  const size = [`${count(nodes)} nodes`, `${count(edges)} edges`, formatBytes(selfBytes)];
  const dot = ` ${glyphs.dot} `;
  return [
    [
      { text: 'leakline', tone: 'strong' },
      { text: `${dot}${file}`, tone: 'faint' },
    ],
    [{ text: size.join(dot) }],
    ...(unretained.nodes === 0
      ? []
      : [
          [
            {
              text: `of these nodes, kept by nothing or only weakly: ${count(unretained.nodes)} (${formatBytes(unretained.selfBytes)})`,
              tone: 'faint' as const,
            },
          ],
        ]),
  ];
}

function classLines({ classes, classCount, selfBytes }: HeapSummary): Line[] {
  const shown = classes.length < classCount ? `largest ${classes.length} of ${count(classCount)}` : 'all';
  return [
    heading('      count', '     self', '  share', `retained  class (${shown})`),
    ...classes.map((one): Line => {
      const share = selfBytes === 0 ? 0 : one.selfBytes / selfBytes;
      return row(count(one.count), formatBytes(one.selfBytes), percent(Math.round(share * 1000) / 1000), [
        { text: `${formatBytes(one.retainedBytes).padStart(8)}  ${one.name}` },
      ]);
    }),
  ];
}

function holderLines({ largest, selfBytes }: HeapSummary): Line[] {
  return [
    heading(
      '   retained',
      '     self',
      '  share',
      `node (largest ${largest.length}; one may be inside another)`,
    ),
    ...largest.map(({ id, type, name, selfBytes: own, retainedBytes }): Line => {
      const share = selfBytes === 0 ? 0 : retainedBytes / selfBytes;
      return row(formatBytes(retainedBytes), formatBytes(own), percent(Math.round(share * 1000) / 1000), [
        { text: name === '' ? '(no name)' : name },
        { text: `  ${type} @${id}`, tone: 'faint' },
      ]);
    }),
  ];
}

function detachedLines({ detached }: HeapSummary): Line[] {
  if (detached.length === 0) return [];
  return [
    heading(
      '   retained',
      'count',
      '',
      `class of DOM nodes that are out of the document (largest ${detached.length})`,
    ),
    ...detached.map(
      (one): Line => row(formatBytes(one.retainedBytes), count(one.count), '', [{ text: one.name }]),
    ),
  ];
}

/** What functions captured and no function that is left uses, so that clearing it would change nothing but memory. */
function unusedLines({ unusedVariables }: HeapSummary): Line[] {
  if (unusedVariables === null || unusedVariables.largest.length === 0) return [];
  const { largest, releasedBytes } = unusedVariables;
  return [
    heading(
      '   released',
      'contexts',
      '',
      `captured variable that nothing left uses (largest ${largest.length}; ${formatBytes(releasedBytes)} in all)`,
    ),
    ...largest.map(
      (one): Line =>
        row(formatBytes(one.releasedBytes), count(one.contexts), '', [
          { text: one.name, tone: 'strong' },
          { text: `  ${unusedPlaceWords(one)}`, tone: 'faint' },
          { text: `  ${nodeWords(one.largest.value)}` },
        ]),
    ),
  ];
}

function heading(first: string, second: string, third: string, last: string): Line {
  return [
    { text: `${first.padStart(11)} ${second.padStart(9)} ${third.padStart(7)}  ${last}`, tone: 'faint' },
  ];
}

function row(first: string, second: string, third: string, last: Line): Line {
  return [{ text: `${first.padStart(11)} ${second.padStart(9)} ${third.padStart(7)}  ` }, ...last];
}
