import type { ContainerDetail, TrapResult } from '../core/census.ts';
import type { Site } from '../core/finding.ts';
import type { ScriptLocation, SourceLocation } from '../core/location.ts';
import { addSitesOf } from './source/add-sites.ts';
import { chainSiteOf } from './source/chain-sites.ts';
import { replacementOf } from './source/replacements.ts';
import { placeOfFrame } from './source/function-place.ts';
import { findTimerCallback, nameAround } from './source/function-name.ts';
import type { Held } from './holder.ts';
import { originalFrame, originalLocation } from './source/original-location.ts';
import { placeOf, type Script, type ScriptPlace, type Scripts } from './source/script.ts';
import { type AnyNode, isClass, isFunction, pathAt } from './source/syntax.ts';

/** Who adds, and where that is in the script that runs; `null` if the script could not be read. */
export type Added = { readonly site: Site; readonly place: ScriptPlace | null };

/**
 * Who adds. The trap saw it; where none could be set, the text tells where a container of this name is added to.
 * A timer is added where it is set, a chain where a node is linked by its `link`, or where the value before is replaced.
 */
export async function addedAt(
  held: Held,
  trap: TrapResult | null,
  scripts: Scripts,
  hints: readonly Script[],
  workingDirectory: string,
  { link, linkIsCaptured }: Pick<ContainerDetail, 'link' | 'linkIsCaptured'>,
): Promise<Added | null> {
  const seen = trap === null ? null : await siteFromTrap(held, trap, scripts, workingDirectory);
  if (seen !== null) return seen;
  if (held.timer !== null && held.grows === null) {
    const place = placeOf(held.timer.script, held.timer.node);
    const location = originalLocation(place, workingDirectory);
    return { site: { location, stack: [location], words: null }, place };
  }
  if (held.container !== null && linkIsCaptured === true) {
    const replaced = replacementOf(held.container);
    if (replaced !== null) return addedThere(held.container.script, replaced, workingDirectory);
  }
  if (held.container !== null && link !== undefined) {
    const linked = await chainSiteOf(held.container, link, scripts, hints);
    return linked === null ? null : addedThere(linked.script, linked.node, workingDirectory);
  }
  return held.container === null ? null : siteFromText(held, scripts, hints, workingDirectory);
}

function addedThere(script: Script, node: AnyNode, workingDirectory: string): Added {
  const place = placeOf(script, node);
  const location: SourceLocation = originalLocation(place, workingDirectory);
  return { site: { location, stack: [location], words: wordsAtOffset(script, node.start) }, place };
}

async function siteFromTrap(
  held: Held,
  trap: TrapResult,
  scripts: Scripts,
  workingDirectory: string,
): Promise<Added | null> {
  // Sites that add most first: a rare one is another road into the same container.
  const sites = [...trap.additions].sort((a, b) => b.count - a.count);
  for (const { stack } of sites) {
    const outside = stack.filter((frame) => !isInternal(frame));
    const located = outside.map(async (frame) => {
      const location = await originalFrame(frame, scripts, workingDirectory);
      return location === null ? null : { frame, location };
    });
    const mapped = (await Promise.all(located)).filter((one) => one !== null);
    // In a container of the program's own, what a library does in between is the library's business. A library's
    // container is filled by the library, and the program's call into it stands in the stack.
    const ownContainer = held.holder.location === null || held.holder.location.package === null;
    const chosen =
      (ownContainer ? mapped.find(({ location }) => location.package === null) : undefined) ?? mapped[0];
    if (chosen === undefined) continue;
    const { place, location, isSomewhere } = await placeFrame(held, chosen, scripts, workingDirectory);
    return {
      site: {
        location,
        stack: mapped.map((one) => (one === chosen ? location : one.location)),
        words: isSomewhere
          ? `somewhere in ${location.function ?? 'this function'}`
          : await timerWords(chosen.frame, outside, stack, scripts),
      },
      place,
    };
  }
  return null;
}

/** Where a frame that adds stands: if only its function is known, the one place in it that adds, or somewhere in it. */
async function placeFrame(
  held: Held,
  { frame, location }: { readonly frame: ScriptLocation; readonly location: SourceLocation },
  scripts: Scripts,
  workingDirectory: string,
): Promise<Pick<Site, 'location'> & Pick<Added, 'place'> & { readonly isSomewhere: boolean }> {
  const script = await scripts.find(frame.url);
  const at = script === null ? null : placeOfFrame(script, frame);
  if (script === null || at === null) return { location, place: null, isSomewhere: false };
  const asFound = { script, offset: at.offset };
  if (at.isExact) return { location, place: asFound, isSomewhere: false };
  const only = await onlyAddition(held, script, at.offset, scripts);
  if (only === null) return { location, place: asFound, isSomewhere: true };
  const place = { script, offset: only.start };
  return { location: originalLocation(place, workingDirectory), place, isSomewhere: false };
}

/** Where a function, which stands at the offset, adds to the container, if the text has one such place. */
async function onlyAddition(
  { container }: Held,
  script: Script,
  offset: number,
  scripts: Scripts,
): Promise<AnyNode | null> {
  if (container === null) return null;
  const sites = await addSitesOf(container, scripts, [script]);
  const within = sites.filter(
    (site) =>
      site.script === script &&
      site.path.some((node) => (isFunction(node) || isClass(node)) && node.start === offset),
  );
  return within.length === 1 ? within[0].node : null;
}

function isInternal(frame: ScriptLocation): boolean {
  return frame.url === '' || frame.url.startsWith('node:');
}

/**
 * `the interval in onConnection`, where a timer runs the addition; `null` where the function's own name says all.
 */
async function timerWords(
  chosen: ScriptLocation,
  outside: readonly ScriptLocation[],
  stack: readonly ScriptLocation[],
  scripts: Scripts,
): Promise<string | null> {
  const direct = await wordsAt(chosen, scripts);
  if (direct !== null) return direct;
  const outermost = outside[outside.length - 1];
  const runByTimer = stack.some((frame) => frame.url.startsWith('node:internal/timers'));
  if (!runByTimer || outermost === undefined || outermost === chosen) return null;
  const timer = await wordsAt(outermost, scripts);
  const name =
    (await scripts.find(chosen.url)) === null ? chosen.function : await nameAtFrame(chosen, scripts);
  return timer === null || name === null ? null : `${name}, from ${timer}`;
}

async function nameAtFrame(frame: ScriptLocation, scripts: Scripts): Promise<string | null> {
  const script = await scripts.find(frame.url);
  const place = script === null ? null : placeOfFrame(script, frame);
  if (script?.program == null || place === null) return frame.function;
  return nameAround(script, pathAt(script.program, place.offset)) ?? frame.function;
}

async function wordsAt(frame: ScriptLocation, scripts: Scripts): Promise<string | null> {
  const script = await scripts.find(frame.url);
  const place = script === null ? null : placeOfFrame(script, frame);
  return script === null || place === null ? null : wordsAtOffset(script, place.offset);
}

function wordsAtOffset(script: Script, offset: number): string | null {
  if (script.program === null) return null;
  const path = pathAt(script.program, offset);
  const timer = findTimerCallback(path);
  // Only if nothing with a name of its own stands between the timer's callback and the place.
  if (timer === undefined || timer.index !== path.findLastIndex(isFunction)) return null;
  const kind = timer.repeat ? 'the interval' : 'the timer';
  const around = nameAround(script, path.slice(0, timer.index));
  return around === null ? kind : `${kind} in ${around}`;
}

async function siteFromText(
  held: Held,
  scripts: Scripts,
  hints: readonly Script[],
  workingDirectory: string,
): Promise<Added | null> {
  if (held.container === null) return null;
  const known = [...hints, ...(held.declared === null ? [] : [held.declared.script])];
  const sites = await addSitesOf(held.container, scripts, known);
  const [first] =
    held.event === null ? sites : sites.filter((site) => site.event === held.event || site.event === null);
  return first === undefined ? null : addedThere(first.script, first.node, workingDirectory);
}
