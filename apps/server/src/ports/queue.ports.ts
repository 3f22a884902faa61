import { BullMqJobQueue, InProcessJobQueue, type QueueSettings } from '#libs/adapters';
import { JobQueue } from '#libs/kernel';
import { Log, ShutdownPhases } from '#libs/platform';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { Readiness } from '../routes/health/readiness.js';
import { port } from './port.js';

/** Work off the request path: in this process, or on Redis where `HEADROOM_REDIS_URL` points to one. */
export const QUEUE_PORTS = [
  port(
    JobQueue,
    [SERVER_CONFIG, Log, ShutdownPhases, Readiness],
    async (config, log, shutdown, readiness) => {
      const { redisUrl } = (config as ServerConfig).storage;
      const settings: QueueSettings = {
        onFault: (error, job, isGivenUp) => {
          log.warn(
            { err: error, job: job?.name, attempt: job?.attempt, given_up: isGivenUp },
            'a job failed',
          );
        },
      };
      const queue =
        redisUrl === undefined
          ? new InProcessJobQueue(settings)
          : await BullMqJobQueue.open({ ...settings, url: redisUrl });
      shutdown.register('queue', 'close the job queue', () => queue.close());
      readiness.add('queue', async () => {
        await queue.ping();
        return { status: 'ok', kind: redisUrl === undefined ? 'in-process' : 'redis' };
      });
      return queue;
    },
  ),
];
