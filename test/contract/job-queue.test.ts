import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BullMqJobQueue, FailedJobs, InProcessJobQueue, SqlFailedJobs } from '#libs/adapters';
import { sql } from '../../libs/adapters/src/database/sql.js';
import { describeOnDatabases } from '../support/databases.js';
import { addressOf } from '../support/services.js';
import { jobQueueContract } from './job-queue.contract.js';

const redisUrl = addressOf('Redis');

describe('JobQueue in the process', () => {
  jobQueueContract((settings) => Promise.resolve(new InProcessJobQueue(settings)));
});

describeOnDatabases('JobQueue in the process, its failed jobs', (database) => {
  const anEmptyList = async () => {
    await database().unitOfWork.access((unit) => unit.run(sql`DELETE FROM failed_jobs`));
    return FailedJobs.open(new SqlFailedJobs(database()));
  };
  const openAgain = async () =>
    new InProcessJobQueue({ attempts: 1 }, await FailedJobs.open(new SqlFailedJobs(database())));
  const fail = async (queue: InProcessJobQueue, ids: readonly string[]) => {
    queue.handle('embed', ({ data }) => Promise.reject(new Error(`no ${Number(data.n)} \u0000`)));
    for (const [n, id] of ids.entries()) {
      await queue.enqueue('embed', { n }, { id });
      await queue.drain();
    }
  };

  jobQueueContract(async (settings) => new InProcessJobQueue(settings, await anEmptyList()));

  it('are there after the process, the newest of them, until they are done or dropped', async () => {
    const first = new InProcessJobQueue({ attempts: 1 }, await anEmptyList());
    await fail(first, ['early', ...Array.from({ length: 99 }, (_, i) => `job ${i}`), 'dropped', 'late']);
    expect(await first.drop('embed:dropped')).toBe(true);
    const listed = await first.failed();
    expect([listed.length, listed[0]?.error]).toEqual([99, 'no 101 \u0000']);
    // Killed: nobody closes it.
    const second = await openAgain();
    expect(await second.failed()).toEqual([]);
    const done: string[] = [];
    second.handle('embed', ({ id }) => Promise.resolve(void done.push(id)));
    const again = await second.failed();
    expect(new Set(again)).toEqual(new Set(listed));
    expect(await second.load()).toMatchObject([{ name: 'embed', failed: 99 }]);
    expect(await second.retry('embed:late')).toBe(true);
    await second.enqueue('embed', {}, { id: 'job 7' });
    await second.drain();
    expect(done).toEqual(['late', 'job 7']);
    await second.close();
    const third = await openAgain();
    third.handle('embed', () => Promise.resolve());
    expect((await third.failed()).map(({ address }) => address)).not.toContain('embed:late');
    expect(await third.failed()).toHaveLength(97);
    await Promise.all([first.close(), third.close()]);
  });
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
