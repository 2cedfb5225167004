import { formatBytes } from '../../core/bytes.ts';
import type { HeapSummary } from '../../report/heap-summary.ts';
import { count, percent } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { joinLines, type Layout } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/** A heap snapshot for a person: its size, its largest classes, and what keeps the most alive. Ends with a newline. */
export function renderHeap(summary: HeapSummary, options: TextOptions): string {
  const safe = sanitizeDocument(summary, options);
  const layout: Layout = { columns: Math.max(20, options.columns), glyphs: glyphsFor(options.unicode) };
  return joinLines([headLines(safe, layout), classLines(safe), holderLines(safe)], layout, options);
}

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
    heading('      count', '     self', '  share', `class (${shown})`),
    ...classes.map((one): Line => {
      const share = selfBytes === 0 ? 0 : one.selfBytes / selfBytes;
      return row(count(one.count), formatBytes(one.selfBytes), percent(Math.round(share * 1000) / 1000), [
        { text: one.name },
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

function heading(first: string, second: string, third: string, last: string): Line {
  return [{ text: `${first} ${second} ${third}  ${last}`, tone: 'faint' }];
}

function row(first: string, second: string, third: string, last: Line): Line {
  return [{ text: `${first.padStart(11)} ${second.padStart(9)} ${third.padStart(7)}  ` }, ...last];
}
