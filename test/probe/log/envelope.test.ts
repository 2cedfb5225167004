import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/core/series.ts';
import { DeepFalls, envelopeOf } from '../../../src/probe/log/envelope.ts';

const MB = 1_000_000;

function samplesOf(heapUsed: readonly number[]): Sample[] {
  return heapUsed.map((bytes, second) => ({
    timeMs: second * 1000,
    rss: bytes + 60 * MB,
    heapTotal: bytes + 10 * MB,
    heapUsed: bytes,
    external: 2 * MB,
    arrayBuffers: 0,
    openConnections: NaN,
    activeTimers: NaN,
  }));
}

function envelope(heapUsed: readonly number[]): ReturnType<typeof envelopeOf> {
  const samples = samplesOf(heapUsed);
  const falls = new DeepFalls();
  for (const sample of samples) falls.add(sample);
  return envelopeOf(samples, falls.floors);
}

const seconds = (count: number): number[] => Array.from({ length: count }, (_, second) => second);

describe('what samples prove', () => {
  test('garbage that piles up between two collections proves nothing, scavenges or not', () => {
    expect(envelope(seconds(300).map((second) => (30 + second) * MB)).proves).toBe('nothing');
    expect(envelope(seconds(300).map((second) => (30 + second + 16 * (second % 3)) * MB)).proves).toBe(
      'nothing',
    );
  });
  test('falls that only a major collection explains are floors', () => {
    const { floors, proves } = envelope(
      seconds(300).map((second) => (30 + second * 0.5 + 10 * (second % 10)) * MB),
    );
    expect(proves).toBe('heap and external');
    expect(floors.map(({ timeMs }) => timeMs)).toEqual(seconds(29).map((cycle) => (cycle + 1) * 10_000));
    expect(floors.map(({ heapBytes }) => heapBytes)).toEqual(
      seconds(29).map((cycle) => (35 + cycle * 5) * MB),
    );
  });
  test('a heap far above any limit of a first collection has been collected', () => {
    expect(envelope(seconds(100).map((second) => (20 + second * 8) * MB)).proves).toBe('heap');
    expect(envelope(seconds(100).map((second) => (400 + second * 4) * MB)).proves).toBe('nothing');
  });
  test('no floor lies above a sample of its stretch', () => {
    const used = seconds(200).map((second) => (30 + ((second * 7919) % 13)) * MB);
    const { floors } = envelope(used);
    const windowMs = 199_000 / 50;
    const lowest = seconds(50).map((window) =>
      Math.min(
        ...used.filter((_, second) => Math.min(49, Math.floor((second * 1000) / windowMs)) === window),
      ),
    );
    expect(floors.map(({ heapBytes }) => heapBytes)).toEqual(lowest);
    expect(floors.map(({ timeMs }) => used[timeMs / 1000])).toEqual(lowest);
  });
  test('few or no samples', () => {
    expect(envelope([])).toEqual({ floors: [], proves: 'nothing' });
    expect(envelope([5 * MB, 6 * MB]).proves).toBe('nothing');
  });
});
