/** What a check found; further fields are shown beside `status`. */
export interface CheckResult {
  readonly status: 'ok' | 'degraded' | 'failed';
  readonly [field: string]: unknown;
}

export type Check = () => Promise<CheckResult> | CheckResult;

/** The name and the fault that a probe may know; the rest is in the log. */
const CHECK_DEADLINE_MS = 2_000;

/** What must work before the server takes traffic; whoever opens a resource adds its check. */
export class Readiness {
  private readonly checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Runs every check; one that fails, throws or hangs is `failed`, and then the server is not ready. */
  async report(): Promise<{
    readonly ready: boolean;
    readonly checks: Readonly<Record<string, CheckResult>>;
  }> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await runCheck(check)] as const),
    );
    return {
      ready: results.every(([, result]) => result.status !== 'failed'),
      checks: Object.fromEntries(results),
    };
  }
}

async function runCheck(check: Check): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: 'failed', detail: 'did not answer in time' });
    }, CHECK_DEADLINE_MS);
  });
  try {
    return await Promise.race([deadline, Promise.resolve().then(check)]);
  } catch {
    return { status: 'failed', detail: 'does not work; see the log' };
  } finally {
    clearTimeout(timer);
  }
}
