import { formatBytes } from '../../core/bytes.ts';
import type { HeapFinding, HeapGrowthAnswer, HeapHeldBack } from '../../report/heap-summary.ts';
import { count, percent } from '../figures.ts';
import { findingBodyLines } from '../finding-lines.ts';
import { flowParts, labelled } from '../flow.ts';
import type { Line } from '../line.ts';
import { counted, kindWords } from '../words.ts';
import type { Layout } from './report-text.ts';

/** What accumulated between snapshots, a block a finding, in the words of a watch. */
export function heapFindingBlocks(answer: HeapGrowthAnswer, layout: Layout): Line[][] {
  const { findings, heldBack, grownBytes, restBytes, notes } = answer;
  const blocks = findings
    .slice(0, FINDINGS_SHOWN)
    .map((finding): Line[] => [
      ...headLines(finding, layout),
      ...withLines(finding, layout),
      ...findingBodyLines(finding, { ...layout, indent: 2, explanation: true, excerpts: true }),
    ]);
  const hidden = findings.length - FINDINGS_SHOWN;
  const rest =
    findings.length === 0 || restBytes <= 0
      ? []
      : [
          `${formatBytes(restBytes)} of ${formatBytes(grownBytes)} are in no container that gained in each file.`,
        ];
  const words = [
    ...(hidden > 0 ? [`${count(hidden)} more findings not shown; --json FILE has them all.`] : []),
    ...(findings.length === 0 ? ['No container gained entries from each file to the next.'] : []),
    ...(heldBack.length === 0 ? [] : [heldBackWords(heldBack)]),
    ...rest,
    ...notes,
  ];
  return [
    ...blocks,
    words.flatMap((text) =>
      labelled(
        { text: '', tone: 'faint' },
        { text, tone: 'faint' },
        { ...layout, indent: 0, labelColumns: 2 },
      ),
    ),
  ];
}

const FINDINGS_SHOWN = 5;

function heldBackWords(heldBack: readonly HeapHeldBack[]): string {
  const share = heldBack.reduce((sum, one) => sum + one.share, 0);
  const shown = heldBack.slice(0, HELD_BACK_SHOWN).map(({ key }) => key);
  const more = heldBack.length > shown.length ? `, and ${count(heldBack.length - shown.length)} more` : '';
  return `Gained in each file too, ${shareWords(share)} of the growth together: ${shown.join('; ')}${more}.`;
}

const HELD_BACK_SHOWN = 4;

function headLines(
  { heldBy, retained, zombies, growth, kind, confidence }: HeapFinding,
  layout: Layout,
): Line[] {
  const size = growth.entriesByFile.at(-1) ?? 0;
  const where =
    growth.containers === 1 ? heldBy.name : `${heldBy.name}, in ${count(growth.containers)} containers,`;
  const head =
    zombies === null
      ? `${where} keeps ${count(size)} ${counted(retained.type, size)}, ${stepWords(growth.addedByStep, layout)}: ${kindWords(kind)}`
      : `${count(zombies.count)} ${counted(zombies.type, zombies.count)} ${zombies.count === 1 ? 'is' : 'are'} ${zombies.state} and still held, ${stepWords(growth.addedByStep, layout)}`;
  const parts: Line[] = [
    [{ text: '  ' }, { text: head, tone: 'strong' }],
    [{ text: `${formatBytes(growth.bytes)}, ${shareWords(growth.share)} of the growth`, tone: 'faint' }],
  ];
  if (confidence < WORTH_A_WARNING)
    parts.push([{ text: `the line is ${percent(confidence)} sure`, tone: 'unsure' }]);
  return flowParts(parts, { columns: layout.columns, gap: { text: '   ' }, indent: 4 });
}

/** As of a watch: a sure finding needs no figure beside it. */
const WORTH_A_WARNING = 0.9;

/** `+40, +50`: one number a step. */
function stepWords(addedByStep: readonly number[], { glyphs }: Layout): string {
  const shown = addedByStep.slice(-STEPS_SHOWN).map((added) => `+${count(added)}`);
  return `${addedByStep.length > STEPS_SHOWN ? `${glyphs.cut} ` : ''}${shown.join(', ')}`;
}

const STEPS_SHOWN = 8;

function shareWords(share: number): string {
  return percent(Math.round(share * 1000) / 1000);
}

/** What grows inside and ends with the same fix. */
function withLines({ growth }: HeapFinding, layout: Layout): Line[] {
  return growth.with
    .slice(0, WITH_SHOWN)
    .flatMap(({ key, addedByStep }) =>
      labelled(
        { text: 'with', tone: 'faint' },
        { text: `${key}, ${stepWords(addedByStep, layout)}` },
        { columns: layout.columns, indent: 4, labelColumns: 11 },
      ),
    );
}

const WITH_SHOWN = 3;
