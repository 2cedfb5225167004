import { formatBytes } from '../../core/bytes.ts';
import type { HeapHolder, HeapSummary } from '../../report/heap-summary.ts';
import { count, percent } from '../figures.ts';
import { fileName } from '../file-name.ts';
import { unusedPlaceWords } from '../unused-place.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { table } from './table.ts';
import { treemap } from './treemap.ts';

/** One heap snapshot as a page: what keeps most alive as boxes in boxes, the largest of it, and the classes. */
export function heapMain(summary: HeapSummary, about: string): Markup {
  const { file, nodes, edges, selfBytes, unretained, classCount, classes, largest, tree } = summary;
  const share = (bytes: number): string =>
    selfBytes === 0 ? '–' : percent(Math.round((bytes / selfBytes) * 1000) / 1000);
  return element(
    'main',
    { class: 'wide' },
    element('h1', {}, fileName(file)),
    classed(
      'ul',
      'facts',
      element('li', {}, element('b', {}, formatBytes(selfBytes)), ' in all'),
      element('li', {}, element('b', {}, count(nodes)), ' objects and others'),
      element('li', {}, element('b', {}, count(edges)), ' references'),
      unretained.nodes === 0
        ? null
        : element('li', {}, `${formatBytes(unretained.selfBytes)} of it nothing keeps alive`),
    ),
    tree === null ? null : treemap(tree),
    classed(
      'div',
      'lower',
      section(
        'Keep most alive',
        table(
          { caption: 'One may be inside another.', columns: HOLDER_COLUMNS },
          largest.map((holder) => [
            nameCell(holder),
            formatBytes(holder.retainedBytes),
            formatBytes(holder.selfBytes),
            share(holder.retainedBytes),
          ]),
        ),
      ),
      section(
        'Classes',
        table(
          {
            caption:
              classCount > classes.length
                ? `The ${classes.length} of ${count(classCount)} classes that are largest themselves.`
                : null,
            columns: [
              { name: 'class' },
              { name: 'count', isNumber: true },
              { name: 'themselves', isNumber: true },
              { name: 'retained', isNumber: true },
            ],
          },
          classes.map((one) => [
            classed('span', 'name', one.name),
            count(one.count),
            formatBytes(one.selfBytes),
            formatBytes(one.retainedBytes),
          ]),
        ),
      ),
      unusedSection(summary),
    ),
    element(
      'footer',
      {},
      element('p', {}, 'leakline heap'),
      element(
        'p',
        {},
        `This page holds sizes, counts, and names of classes, functions, variables and properties; no text out of the snapshot. ${about}`,
      ),
    ),
  );
}

const HOLDER_COLUMNS = [
  { name: 'object' },
  { name: 'retained', isNumber: true },
  { name: 'itself', isNumber: true },
  { name: 'share', isNumber: true },
] as const;

/** Names and places are of the source; the value itself is not named, since a text's name is the text. */
function unusedSection({ unusedVariables }: HeapSummary): Content {
  if (unusedVariables === null || unusedVariables.largest.length === 0) return null;
  const { largest, releasedBytes } = unusedVariables;
  return section(
    'Captured, and used by nothing left',
    table(
      {
        caption: `Variables that only functions of the past used. ${formatBytes(releasedBytes)} would go with all of them.`,
        columns: [
          { name: 'variable' },
          { name: 'contexts', isNumber: true },
          { name: 'would go', isNumber: true },
        ],
      },
      largest.map((one) => [
        [
          classed('span', 'name', one.name),
          classed(
            'span',
            'type',
            ` ${unusedPlaceWords({ ...one, script: one.script === null ? null : fileName(one.script) })}`,
          ),
        ],
        count(one.contexts),
        formatBytes(one.releasedBytes),
      ]),
    ),
  );
}

function section(heading: string, content: Content): Markup {
  return element('section', {}, element('h2', {}, heading), content);
}

/** A text's name is the text, which stays out. */
function nameCell({ id, type, name }: HeapHolder): Content {
  const isText = /string|regexp|symbol|bigint/.test(type);
  return [
    classed('span', 'name', isText || name === '' ? `(${type})` : name),
    classed('span', 'type', isText || name === '' ? ` @${id}` : ` ${type} @${id}`),
  ];
}
