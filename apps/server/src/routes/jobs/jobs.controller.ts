import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { OperatorJobs } from '#libs/access';
import type { Caller } from '#libs/kernel';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { fromFailedJob } from './jobs.mapper.js';
import {
  failedJobListSchema,
  retriedJobSchema,
  type FailedJobAnswer,
  type RetriedJobAnswer,
} from './jobs.schema.js';

@Controller('v1/jobs/failed')
export class JobsController {
  constructor(@Inject(OperatorJobs) private readonly jobs: OperatorJobs) {}

  @Get()
  @Documented({
    summary:
      'Background jobs that were given up, newest first, with their last errors; for the bootstrap key',
    answers: { 200: failedJobListSchema },
  })
  async list(@CurrentCaller() caller: Caller): Promise<{ data: FailedJobAnswer[]; next_cursor: null }> {
    const failed = await this.jobs.failed(caller);
    return { data: failed.map(fromFailedJob), next_cursor: null };
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Documented({
    summary: 'Try a failed background job again; for the bootstrap key',
    answers: { 202: retriedJobSchema },
  })
  async retry(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<RetriedJobAnswer> {
    await this.jobs.retry(caller, id);
    return { id, status: 'queued' };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'Forget a failed background job; for the bootstrap key', answers: { 204: null } })
  drop(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.jobs.drop(caller, id);
  }
}
