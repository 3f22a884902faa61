import { type Caller, type FailedJob, type JobQueue, notFound } from '#libs/kernel';
import { requireOperator } from './operator.js';

const WHAT = 'manages background jobs';

/** Background jobs that were given up, for the operator to see and decide about. @throws HeadroomError `forbidden`, `unavailable`. */
export class OperatorJobs {
  constructor(private readonly queue: JobQueue) {}

  /** Newest first. */
  async failed(caller: Caller): Promise<readonly FailedJob[]> {
    requireOperator(caller, WHAT);
    return this.queue.failed();
  }

  /** Adds the job anew. @throws HeadroomError `not_found`. */
  async retry(caller: Caller, address: string): Promise<void> {
    requireOperator(caller, WHAT);
    if (!(await this.queue.retry(address))) throw notFound('failed job');
  }

  /** Forgets the job. @throws HeadroomError `not_found`. */
  async drop(caller: Caller, address: string): Promise<void> {
    requireOperator(caller, WHAT);
    if (!(await this.queue.drop(address))) throw notFound('failed job');
  }
}
