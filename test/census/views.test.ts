import { types } from 'node:util';
import { expect, test } from 'vitest';
import { viewedBytes } from '../../src/census/views.ts';

test('a slice sees a little and pins all of it', () => {
  const elements = Array.from({ length: 4 }, () => ({
    id: 1,
    preview: Buffer.alloc(100_000).subarray(0, 32),
  }));
  expect(viewedBytes(elements, types)).toEqual({ viewBytes: 32, bufferBytes: 100_000 });
});

test('a buffer that several elements share is pinned once', () => {
  const whole = Buffer.alloc(80_000);
  const elements = [
    whole.subarray(0, 10),
    whole.subarray(10, 30),
    new DataView(whole.buffer, 0, 6),
    new Uint16Array(8),
  ];
  expect(viewedBytes(elements, types)).toEqual({ viewBytes: 52 / 4, bufferBytes: 80_016 / 4 });
});

test("pieces of Node's pool are nobody's slices", () => {
  expect(viewedBytes([Buffer.from('short'), { text: Buffer.from('short') }], types)).toBeNull();
});

test('what has no binary memory, or shares it with other threads, has none', () => {
  expect(viewedBytes([], types)).toBeNull();
  expect(viewedBytes([{ a: 1 }, [Buffer.alloc(9000)], () => 1], types)).toBeNull();
  expect(viewedBytes([new Uint8Array(new SharedArrayBuffer(20_000))], types)).toBeNull();
});

test('no code of the program runs', () => {
  const trapped = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('a trap ran');
      },
    },
  );
  class Loud extends Uint8Array<ArrayBuffer> {
    override get byteLength(): number {
      throw new Error('a getter ran');
    }
    override get buffer(): ArrayBuffer {
      throw new Error('a getter ran');
    }
  }
  const getter = {
    get bytes(): never {
      throw new Error('a getter ran');
    },
  };
  const loud = new Loud(new ArrayBuffer(20_000));
  expect(viewedBytes([trapped, getter, loud], types)).toEqual({
    viewBytes: 20_000 / 3,
    bufferBytes: 20_000 / 3,
  });
});

test('a view whose buffer was given away sees nothing', () => {
  const view = new Uint8Array(20_000);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  expect(viewedBytes([view, Buffer.alloc(40_000)], types)).toEqual({
    viewBytes: 20_000,
    bufferBytes: 20_000,
  });
});
