import type { TimerGroup, ZombieGroup } from '../core/census.ts';
import type { SourceLocation } from '../core/location.ts';
import { explainedBytesPerSecond } from './growing-container.ts';
import type { LeakCase } from './leak-case.ts';

/**
 * One case a bug. A collection that grows shows up again in whatever its elements contain, the same array by way of
 * a timer and by way of a Map, and the timers beside what they fill: one fix ends them all. The case that explains
 * most stays, and takes over the closed resources and timers the others saw.
 */
export function mergeSameBugs(cases: readonly LeakCase[]): LeakCase[] {
  const heaviestFirst = [...cases].sort((a, b) => weight(b) - weight(a) || preference(b) - preference(a));
  const merged: LeakCase[] = [];
  for (const leak of heaviestFirst) {
    const index = merged.findIndex((known) => isSameBug(known, leak));
    if (index < 0) merged.push(leak);
    else merged[index] = merge(merged[index], leak);
  }
  return merged;
}

function weight(leak: LeakCase): number {
  return explainedBytesPerSecond(leak.growing) ?? 0;
}

/** Of two that explain the same, the one a reader can use more. */
function preference(leak: LeakCase): number {
  return (
    (leak.held.holder.location === null ? 0 : 4) +
    (leak.held.timer === null ? 2 : 0) +
    (leak.added === null ? 0 : 1)
  );
}

function isSameBug(a: LeakCase, b: LeakCase): boolean {
  const places = (leak: LeakCase): string[] =>
    [leak.held.holder.location, leak.held.grows?.location ?? null].filter((place) => place !== null).map(key);
  const placesOfB = new Set(places(b));
  if (places(a).some((place) => placesOfB.has(place))) return true;
  return timersOf(a).some((timer) => timersOf(b).includes(timer)) && (isTimers(a) || isTimers(b));
}

function key(location: SourceLocation): string {
  return `${location.file}:${location.line}:${location.column}`;
}

function isTimers(leak: LeakCase): boolean {
  return leak.growing.detail.type === 'timers';
}

/** The callbacks of the timers a case has to do with. */
function timersOf(leak: LeakCase): string[] {
  const beside = leak.growing.detail.timers.flatMap((timer: TimerGroup) =>
    timer.callback ? [timer.callback] : [],
  );
  return [...leak.callbacksOnPath, ...beside].map(({ url, line, column }) => `${url}:${line}:${column}`);
}

function merge(main: LeakCase, other: LeakCase): LeakCase {
  const zombies = main.zombies ?? other.zombies;
  const timers = main.timers.length > 0 ? main.timers : other.timers;
  const sameContainer = main.held.container?.node === other.held.container?.node;
  const { added, allocated } = main.added === null && sameContainer ? other : main;
  const alsoGrowing = [...(main.alsoGrowing ?? []), other.growing, ...(other.alsoGrowing ?? [])];
  return { ...main, alsoGrowing, zombies: larger(zombies, other.zombies), timers, added, allocated };
}

function larger(a: LeakCase['zombies'], b: LeakCase['zombies']): LeakCase['zombies'] {
  if (a === null || b === null) return a ?? b;
  const same = (group: ZombieGroup): string => `${group.type} ${group.state}`;
  return same(a) === same(b) && b.count > a.count ? b : a;
}
