import { defineConfig } from 'vitest/config';

/** A file that replaces a module must be the first to load it. */
const REPLACES_MODULES = ['test/cli/explain-verify.test.ts'];
const common = { setupFiles: 'test/property-sizes.ts', testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    // By default one core is left alone: of two, half.
    maxWorkers: '100%',
    projects: [
      // Files share their worker's modules: loading all readers anew for each took more time than most tests.
      {
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: REPLACES_MODULES,
          isolate: false,
          ...common,
        },
      },
      { test: { name: 'alone', include: REPLACES_MODULES, ...common } },
    ],
  },
});
