import { defineConfig } from 'vitest/config';

/** `#libs/*` resolves to the sources in tests and to the build in production; see `imports` in package.json. */
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source'], externalConditions: ['source'] } };

const size = (name: string, include: string[], testTimeout = 10_000) => ({
  resolve,
  ssr,
  test: { name, include, testTimeout, hookTimeout: 60_000, environment: 'node' as const },
});

export default defineConfig({
  test: {
    projects: [
      size('unit', ['libs/**/*.test.ts', 'apps/**/*.test.ts', 'test/bench/**/*.test.ts']),
      size('contract', ['test/contract/**/*.test.ts'], 60_000),
      size('integration', ['test/integration/**/*.test.ts'], 60_000),
      size('e2e', ['test/e2e/**/*.test.ts'], 60_000),
      size('acceptance', ['test/acceptance/**/*.test.ts'], 120_000),
    ],
  },
});
