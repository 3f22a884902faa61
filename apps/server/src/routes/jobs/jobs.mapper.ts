import type { FailedJob } from '#libs/kernel';
import type { FailedJobAnswer } from './jobs.schema.js';

export function fromFailedJob(job: FailedJob): FailedJobAnswer {
  return {
    id: job.address,
    name: job.name,
    attempts: job.attempts,
    error: job.error,
    failed_at: job.failedAt.toISOString(),
  };
}
