import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStream } from '../../../src/present/web/event-stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Who reads, and takes `room` writes until it says that it is ready for more. */
class Reader extends EventEmitter {
  readonly frames: string[] = [];
  destroyed = false;
  isEnded = false;
  room = Infinity;

  write(text: string): boolean {
    if (text.startsWith('event: frame')) this.frames.push(/data: (.*)/.exec(text)?.[1] ?? '');
    this.room -= 1;
    return this.room > 0;
  }

  end(text: string): void {
    this.isEnded = text.startsWith('event: end');
  }

  read(room = Infinity): void {
    this.room = room;
    this.emit('drain');
  }
}

function streamTo(
  reader: Reader,
  everyMs = 400,
): { readonly update: () => void; readonly stream: EventStream; readonly made: () => number } {
  let version = 0;
  let made = 0;
  const text = (): string => {
    made += 1;
    return `"${version}"`;
  };
  const stream = new EventStream(reader as unknown as ServerResponse, () => ({ version, text, everyMs }));
  return {
    stream,
    made: () => made,
    update() {
      version += 1;
      stream.wake();
    },
  };
}

test('who joins gets what is, at once', () => {
  const reader = new Reader();
  streamTo(reader);
  expect(reader.frames).toEqual(['"0"']);
});

test('of sixty updates a second it gets a few, and the last of them', () => {
  const reader = new Reader();
  const { update, made } = streamTo(reader);
  for (let sent = 0; sent < 60; sent += 1) {
    update();
    vi.advanceTimersByTime(1000 / 60);
  }
  vi.advanceTimersByTime(400);
  expect(reader.frames).toHaveLength(4);
  expect(reader.frames.at(-1)).toBe('"60"');
  expect(made()).toBe(4);
});

test('for who does not read nothing is made or kept, and then it gets the latest', () => {
  const reader = new Reader();
  const { update, made } = streamTo(reader);
  reader.room = 1;
  vi.advanceTimersByTime(400);
  update();
  for (let sent = 0; sent < 1000; sent += 1) {
    update();
    vi.advanceTimersByTime(1000);
  }
  expect(made()).toBe(2);
  reader.read();
  expect(reader.frames).toEqual(['"0"', '"1"', '"1001"']);
});

test('nothing is sent twice', () => {
  const reader = new Reader();
  const { stream } = streamTo(reader);
  vi.advanceTimersByTime(10_000);
  stream.wake();
  reader.read();
  expect(reader.frames).toEqual(['"0"']);
});

test('the last frame comes at the end, whenever the one before it came', () => {
  const reader = new Reader();
  const { update, stream } = streamTo(reader);
  update();
  stream.end();
  expect(reader.frames).toEqual(['"0"', '"1"']);
  expect(reader.isEnded).toBe(true);
});

test('who does not read gets the last frame all the same, before the end is told', () => {
  const reader = new Reader();
  reader.room = 1;
  const { update, stream } = streamTo(reader);
  vi.advanceTimersByTime(400);
  update();
  update();
  stream.end();
  expect(reader.frames.at(-1)).toBe('"2"');
  expect(reader.isEnded).toBe(true);
});
