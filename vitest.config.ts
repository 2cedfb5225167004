import { type ViteUserConfig, defineConfig } from 'vitest/config';

// Tests under test/live start processes, listen, and time what they did to them. They run one file at a time and
// after all others, so that a busy machine does not look like a slow leakline.
const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
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
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
