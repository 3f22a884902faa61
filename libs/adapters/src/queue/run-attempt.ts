import type { Job, JobHandler } from '#libs/kernel';
import type { JobAttempt } from './queue-options.js';

/** Runs a handler once and tells how it went. @throws what the handler throws. */
export async function runAttempt(
  job: Job,
  handler: JobHandler,
  signal: AbortSignal,
  isLast: boolean,
  tell: (attempt: JobAttempt) => void = () => undefined,
): Promise<void> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  try {
    await handler(job, signal);
  } catch (error) {
    tell({ job, outcome: isLast ? 'given_up' : 'failed', milliseconds: elapsed(), error });
    throw error;
  }
  tell({ job, outcome: 'done', milliseconds: elapsed() });
}
