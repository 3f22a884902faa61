import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BullMqJobQueue, InProcessJobQueue } from '#libs/adapters';
import { addressOf } from '../support/services.js';
import { jobQueueContract } from './job-queue.contract.js';

const redisUrl = addressOf('Redis');

describe('JobQueue in the process', () => {
  jobQueueContract((settings) => Promise.resolve(new InProcessJobQueue(settings)));
});

describe.skipIf(redisUrl === undefined)('JobQueue on Redis', () => {
  jobQueueContract((settings) =>
    BullMqJobQueue.open({ ...settings, url: redisUrl ?? '', prefix: `test-${randomUUID()}` }),
  );
});

describe('JobQueue without its Redis', () => {
  it('says within its deadline that it is unavailable, and closes', async () => {
    const queue = await BullMqJobQueue.open({
      url: 'redis://127.0.0.1:1',
      prefix: 'test',
      deadlineMs: 100,
    });
    queue.handle('embed', () => Promise.resolve());
    await expect(queue.enqueue('embed', {})).rejects.toMatchObject({ code: 'unavailable' });
    await expect(queue.load()).rejects.toMatchObject({ code: 'unavailable' });
    await queue.close();
  });
});
