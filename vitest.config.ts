import { type ViteUserConfig, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Vitest takes large files first, on a machine that has no times of earlier runs: this small one takes the longest of all. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): boolean =>
      moduleId.endsWith('/verdict/days.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

// Those that time or weigh what leakline does to a process, or what it costs: one file at a time, after all others, so
// that a busy machine does not look like a slow leakline. So does the one whose servers' collections must fit the longest pause.
const measured = [
  'test/live/allocation-growth.test.ts',
  'test/live/unharmed/**/*.test.ts',
  'test/live/snapshot.test.ts',
];

const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    // Vitest leaves a core to itself, which on a machine with two is half of the machine.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // So that the message of a list that should be empty has what was in it.
    chaiConfig: { truncateThreshold: 1000 },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', 'test/gallery/**'],
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: measured,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'measured',
          include: measured,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

export default config;
