import markdownIt from 'markdown-it';
import type Token from 'markdown-it/lib/token.mjs';
import { parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { openScreen } from '../../src/present/tui/screen.tsx';
import { STYLE } from '../../src/present/html/style.ts';
import { OBEYED_BY_TERMINALS, stripColors } from './hostile.ts';
import { type Hostile, hostileNames } from './hostile-names.ts';
import { attributesOf, type ParsedPage, parsePage, skeletonOf, textOf } from './html/parsed-page.ts';
import {
  FRAME_SINKS,
  hostileMetrics,
  hostileView,
  JSON_SINKS,
  MARKDOWN_SINKS,
  PAGE_SINKS,
  TERMINAL_SINKS,
} from './sinks.ts';
import { FakeTerminal } from './tui/fake-terminal.ts';

// Five hundred names as class, function, file, host and property, in each kind of thing that leakline writes. The judges are parsers
// and lists that share no code with it. `INJECTION_ROUNDS=10` makes it five thousand, `INJECTION_SEED` plays a run again.

const seed = Number(process.env.INJECTION_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.INJECTION_ROUNDS ?? 1);
const timeout = 60_000 * rounds;

const names = hostileNames(seed, rounds);

console.log(`injection: ${names.length} names, INJECTION_SEED=${seed}`);

/** The same place, with a name that harms nobody. */
function neutral({ isAlone, turn }: Hostile): Hostile {
  return { name: 'x', isAlone, turn };
}

/** Of several of one kind that whose turn it is. */
function turnOf<Sink>(sinks: readonly Sink[], { turn }: Hostile): Sink {
  const sink = sinks[turn % sinks.length];
  if (sink === undefined) throw new Error('there is no sink');
  return sink;
}

test(`there are ${500 * rounds} names, and one seed makes the same again`, () => {
  expect(names).toHaveLength(500 * rounds);
  expect(hostileNames(7, 1)).toEqual(hostileNames(7, 1));
  expect(hostileNames(7, 1)).not.toEqual(hostileNames(8, 1));
});

describe.each(Object.entries(TERMINAL_SINKS))('%s', (_kind, sinks) => {
  const wide = { color: false, unicode: true, columns: 2000 };
  const colored = { color: true, unicode: true, columns: 80 };

  test('nothing in them is obeyed or unseen, no name makes a line, and colours are our own', {
    timeout,
  }, () => {
    const countNeutral = remembered(sinks, (sink, hostile) => countLines(sink(neutral(hostile), wide)));
    expect(
      harmed((hostile) => {
        const sink = turnOf(sinks, hostile);
        const text = sink(hostile, wide);
        // Wide enough for it, so that a line more is the name's own.
        const isShort = hostile.name.length < 60;
        return [
          OBEYED_BY_TERMINALS.test(text) ? 'is obeyed' : null,
          OBEYED_BY_TERMINALS.test(stripColors(sink(hostile, colored))) ? 'is obeyed among colours' : null,
          !isShort || countLines(text) <= countNeutral(hostile) ? null : 'makes a line',
        ];
      }),
    ).toEqual([]);
  });
});

test('the live screen obeys no name and keeps its size', { timeout }, async () => {
  // One screen for all: what it leaves of one name would meet the next. The fake terminal throws on any escape but the painter's.
  const terminal = new FakeTerminal(80, 24);
  const screen = openScreen({
    stdout: terminal.stream,
    color: false,
    unicode: true,
    title: names[0]?.name ?? '',
    commands: { quit: () => undefined, snapshotPids: () => new Set(), takeSnapshot: () => undefined },
  });
  expect(
    harmed((hostile) => {
      screen.update(hostileView(hostile));
      if (hostile.turn % 8 === 0) screen.press('finding');
      if (hostile.turn % 8 === 1) screen.press('back');
      const lines = terminal.screen.split('\n');
      return [
        OBEYED_BY_TERMINALS.test(terminal.screen) ? 'is obeyed' : null,
        lines.length > 24 || lines.some((line) => lettersIn(line) > 80) ? 'does not fit' : null,
        /LEAKING|finding/.test(terminal.screen) ? null : 'is all that is left',
      ];
    }),
  ).toEqual([]);
  screen.release();
  await screen.close();
});

test('a page in a file has the elements and attributes that it has with other names', { timeout }, () => {
  // The style sheet has no name in it, and is a third of what there is to parse.
  expect(changedPages(PAGE_SINKS, (sink, hostile) => parsePage(sink(hostile).replace(STYLE, '')))).toEqual(
    [],
  );
});

test('what the live page draws has the elements and attributes that it has with other names', {
  timeout,
}, () => {
  // As its script reads it: into a template, where there is nothing around that a name could close.
  const changed = changedPages(FRAME_SINKS, (sink, hostile) => {
    const { html, ...facts } = sink(hostile);
    const errors: string[] = [];
    const root = parseFragment(html, { onParseError: ({ code }) => errors.push(code) });
    if (OBEYED_BY_TERMINALS.test(JSON.stringify(facts))) errors.push('obeyed');
    return { root, errors };
  });
  expect(changed).toEqual([]);
});

/** All that our own words make of Markdown. */
const OWN_MARKDOWN = new Set(
  `heading_open heading_close paragraph_open paragraph_close inline fence code_inline text text_special
  bullet_list_open bullet_list_close list_item_open list_item_close strong_open strong_close em_open em_close
  table_open table_close thead_open thead_close tbody_open tbody_close tr_open tr_close th_open th_close
  td_open td_close softbreak`.split(/\s+/),
);

test('Markdown has no link, no picture, no HTML and no heading of a name', { timeout }, () => {
  expect(
    harmed((hostile) => {
      const markdown = turnOf(MARKDOWN_SINKS, hostile)(hostile);
      const tokens = tokensOf(markdown);
      const kinds = tokens.map(({ type }) => type);
      // What forges know beyond CommonMark: mentions, references, bare addresses. None may stand outside of code.
      const bare = tokens.filter(({ type }) => type === 'text').map(({ content }) => content);
      return [
        OBEYED_BY_TERMINALS.test(markdown) ? 'is obeyed' : null,
        kinds.find((kind) => !OWN_MARKDOWN.has(kind)) ?? null,
        kinds.filter((kind) => kind === 'heading_open').length === 1 ? null : 'makes a heading',
        bare.some((words) => /@|#\d|:\/\/|www\./.test(words)) ? 'is a reference' : null,
        Buffer.byteLength(markdown) > 8000 ? 'makes it long' : null,
      ];
    }),
  ).toEqual([]);
});

test('JSON reads back as it was, and nothing in its text is obeyed', { timeout }, () => {
  expect(
    harmed((hostile) => {
      const [text, document] = turnOf(JSON_SINKS, hostile)(hostile);
      return [
        OBEYED_BY_TERMINALS.test(text) ? 'is obeyed' : null,
        // As `toEqual` finds it, in a moment.
        JSON.stringify(JSON.parse(text)) === JSON.stringify(document) ? null : 'reads otherwise',
      ];
    }),
  ).toEqual([]);
});

test('a label of a metric ends where it should', { timeout }, () => {
  expect(
    harmed((hostile) => {
      const [text, isolate] = hostileMetrics(hostile);
      const lines = text.split('\n').filter((line) => /[{]/.test(line));
      const told = /isolate="((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
      return [
        lines.every((line) => /^[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\} \S+$/.test(line))
          ? null
          : 'ends a label',
        told?.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)) ===
        isolate.replace(/\p{Surrogate}/gu, '\ufffd')
          ? null
          : 'reads otherwise',
      ];
    }),
  ).toEqual([]);
});

test('the judges can condemn', () => {
  const broken = [({ name }: Hostile): string => `<!doctype html><title>t</title><p>${name}`];
  const changed = changedPages(broken, (sink, hostile) => parsePage(sink(hostile)));
  expect(changed.filter((one) => one.endsWith('makes an element')).length).toBeGreaterThan(20);
  expect(OBEYED_BY_TERMINALS.test('\u009b31m')).toBe(true);
  const made = [
    'a <b>',
    'see http://evil.example',
    '[a](http://evil.example)',
    '![a](b)',
    '1. a',
    '> a',
    '---',
  ];
  for (const words of made) expect(tokensOf(words).every(({ type }) => OWN_MARKDOWN.has(type))).toBe(false);
});

function tokensOf(markdown: string): Token[] {
  // Forges make links of bare addresses too, so this reader is told to.
  const reader = markdownIt({ html: true, linkify: true });
  reader.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  return reader.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

/** The names that did what a name must not, and what; empty where none did. */
function harmed(look: (hostile: Hostile) => readonly (string | null)[]): string[] {
  return names.flatMap((hostile) => {
    const harms = new Set(look(hostile).filter((harm) => harm !== null));
    return harms.size === 0 ? [] : [`${JSON.stringify(hostile)} ${[...harms].join(', ')}`];
  });
}

function changedPages<Sink>(
  sinks: readonly Sink[],
  parsed: (sink: Sink, hostile: Hostile) => ParsedPage,
): string[] {
  const neutralSkeleton = remembered(sinks, (sink, hostile) =>
    skeletonOf(parsed(sink, neutral(hostile))).join('\n'),
  );
  return harmed((hostile) => {
    const page = parsed(turnOf(sinks, hostile), hostile);
    const words = [textOf(page), ...attributesOf(page).map(({ value }) => value)].join(' ');
    return [
      page.errors.length === 0 ? null : `parse ${page.errors[0]}`,
      OBEYED_BY_TERMINALS.test(words.replaceAll('\n', '')) ? 'is obeyed' : null,
      isSeenAsItIs(hostile) && !words.includes(hostile.name) ? 'is lost' : null,
      skeletonOf(page).join('\n') === neutralSkeleton(hostile) ? null : 'makes an element',
    ];
  });
}

/**
 * At least as many columns as a line takes. How wide a mark or a sign is that no Unicode assigns, Ink and terminals do not agree; a line
 * that is longer for it is cut at the edge, because the screen does not wrap.
 */
function lettersIn(line: string): number {
  return Array.from(line.replaceAll(/[\p{M}\u0e33\u0eb3]/gu, '')).length;
}

/** What a document has with a harmless name, made once for each document and place. */
function remembered<Sink, Value>(
  sinks: readonly Sink[],
  make: (sink: Sink, hostile: Hostile) => Value,
): (hostile: Hostile) => Value {
  const valueByPlace = new Map<string, Value>();
  return (hostile) => {
    const place = `${hostile.turn % sinks.length} ${hostile.isAlone}`;
    const known = valueByPlace.get(place);
    if (known !== undefined) return known;
    const value = make(turnOf(sinks, hostile), hostile);
    valueByPlace.set(place, value);
    return value;
  };
}

/** No sign in it that has to be told by its escape: such a name must be read as it is. */
function isSeenAsItIs({ name }: Hostile): boolean {
  return (
    name.length < 60 && !/[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u.test(name.replaceAll(' ', ''))
  );
}

function countLines(text: string): number {
  return text.split('\n').length;
}
