/** What a check found; further fields are shown beside `status`. */
export interface CheckResult {
  readonly status: 'ok' | 'degraded' | 'downloading' | 'failed';
  readonly [field: string]: unknown;
}

export type Check = () => Promise<CheckResult> | CheckResult;

/** A probe waits no longer. */
const CHECK_DEADLINE_MS = 2_000;

/** What must work before the server takes traffic; whoever opens a resource adds its check. */
export class Readiness {
  private readonly checks = new Map<string, Check>();

  /** @param onFailure is told why a check failed; the report itself says only that it did. */
  constructor(private readonly onFailure: (name: string, error: unknown) => void = () => undefined) {}

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Runs every check; one that fails, throws or hangs is `failed`, and then the server is not ready. */
  async report(): Promise<{
    readonly ready: boolean;
    readonly checks: Readonly<Record<string, CheckResult>>;
  }> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await this.run(name, check)] as const),
    );
    return {
      ready: results.every(([, result]) => result.status !== 'failed'),
      checks: Object.fromEntries(results),
    };
  }

  private async run(name: string, check: Check): Promise<CheckResult> {
    try {
      return await withDeadline(check);
    } catch (error) {
      this.onFailure(name, error);
      return { status: 'failed', detail: 'does not work; see the log' };
    }
  }
}

async function withDeadline(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The check did not answer in time.'));
    }, CHECK_DEADLINE_MS);
  });
  try {
    return await Promise.race([deadline, Promise.resolve().then(check)]);
  } finally {
    clearTimeout(timer);
  }
}
