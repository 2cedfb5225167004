import type { ZombieGroup } from '../core/census.ts';
import type { SourceLocation } from '../core/location.ts';
import type { LeakCase, Removal } from './leak-case.ts';

/** `src/server.ts:6`, as it is said inside a sentence. */
export function at(location: SourceLocation | null): string {
  return location === null ? '' : ` (${location.file}:${location.line})`;
}

/** `7 WebSockets`, `1 entry`, `3 entries`. */
export function counted(count: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun)
    ? `${noun.slice(0, -1)}ies`
    : /(?:s|x|ch|sh)$/.test(noun)
      ? `${noun}es`
      : `${noun}s`;
  return `${count} ${Math.abs(count) === 1 ? noun : plural}`;
}

/** Clauses for a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(clauses: readonly string[]): string {
  if (clauses.length < 2) return clauses[0] ?? '';
  return `${clauses.slice(0, -1).join(', ')} and ${clauses[clauses.length - 1] ?? ''}`;
}

/** Whether anything takes entries out of the holder, and why that does not help. */
export function removalClause(leak: LeakCase): string {
  const { held, removals, removalsSeen } = leak;
  const name = `\`${held.holder.name}\``;
  const [first] = removals;
  if (first === undefined) {
    // Another file may still do it where the trap saw entries leave.
    if (removalsSeen) return `fewer entries leave ${name} than come`;
    return leak.growing.detail.type === 'chain'
      ? `nothing cuts the chain that ${name} holds`
      : `nothing deletes from ${name}`;
  }
  return removalsSeen
    ? `${cited(first)} runs less often than entries are added`
    : `${cited(first)} is not reached for them`;
}

/** Why the timers that keep what is held are still armed. */
export function timerClause(leak: LeakCase): string | null {
  const timer = leak.timers.find(({ repeat }) => repeat) ?? leak.timers[0];
  if (timer === undefined) return null;
  const [clear] = timer.clears;
  if (clear !== undefined) return `${cited(clear)} is not reached`;
  return `nothing clears that ${timer.repeat ? 'interval' : 'timer'}`;
}

/** The clean-up that should hang on the closed resource, and does not. */
export function closeClause(leak: LeakCase): string | null {
  const { zombies } = leak;
  if (zombies === null) return null;
  const noun = resourceNoun(zombies.type);
  const event = closingEvent(zombies);
  if (event === null) return null;
  const [listener] = zombies.closeListenersAt;
  if (listener === undefined) return `there is no '${event}' listener of your own on the ${noun}`;
  return `your '${event}' listener${at(listener)} does not do it`;
}

/** The event at which a resource in this state said that it was over; `null` if it says nothing. */
export function closingEvent({ state, isSilent }: ZombieGroup): string | null {
  if (isSilent === true) return null;
  if (/abort/i.test(state)) return 'abort';
  return state === 'exited' ? 'exit' : 'close';
}

/** What a person calls an object of this class in a sentence. */
export function resourceNoun(type: string): string {
  if (/socket/i.test(type)) return 'socket';
  if (/response/i.test(type)) return 'response';
  if (/request|incomingmessage/i.test(type)) return 'request';
  if (/stream|readable|writable|duplex/i.test(type)) return 'stream';
  return type;
}

function cited(removal: Removal): string {
  return `\`${removal.words}\`${at(removal.location)}`;
}
