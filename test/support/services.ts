/** What a test may want that a bare machine lacks, and where it is told where to find it. */
const services = {
  PostgreSQL: { variable: 'TEST_POSTGRES_URL', example: 'postgres://user@127.0.0.1:5432/test' },
  Redis: { variable: 'TEST_REDIS_URL', example: 'redis://127.0.0.1:6379' },
  Chromium: { variable: 'TEST_CHROMIUM', example: '/usr/bin/chromium' },
} as const;

const named = new Set<string>();

/**
 * The address of a service, or undefined after one line that says how to run its tests. Where everything must be
 * there (`HEADROOM_TEST_REQUIRE_ALL`), a missing one fails the run instead of being skipped.
 */
export function addressOf(service: keyof typeof services): string | undefined {
  const { variable, example } = services[service];
  const address = process.env[variable];
  if (address !== undefined && address !== '') return address;
  if (process.env.HEADROOM_TEST_REQUIRE_ALL === '1') throw new Error(`${variable} is not set.`);
  if (!named.has(variable)) {
    console.warn(`Skipped: tests that need ${service}. Run them with ${variable}=${example} npm test`);
    named.add(variable);
  }
  return undefined;
}
