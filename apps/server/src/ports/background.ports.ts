import { BullMqJobQueue, InProcessJobQueue } from '#libs/adapters';
import { OriginalStore } from '#libs/ccr';
import { HiddenCallStore } from '#libs/chat';
import { SessionPins } from '#libs/compression';
import { Clock, IdempotencyStore, JobQueue } from '#libs/kernel';
import { MemoryStore } from '#libs/memory';
import { Log, ShutdownPhases } from '#libs/platform';
import { ContextEventLog, HandoffStore, SharedContextStore } from '#libs/shared-context';
import { UsageStore } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { Readiness } from '../routes/health/readiness.js';
import { port } from './port.js';
import { Sweeping } from './sweeping.js';

/** What goes on beside the requests. */
export const BACKGROUND_PORTS = [
  port(JobQueue, [SERVER_CONFIG, ShutdownPhases, Log], async (config, shutdown, log) => {
    const { redisUrl } = (config as ServerConfig).storage;
    const onFault = (error: unknown): void => {
      log.warn({ err: error }, 'a background job failed');
    };
    const queue =
      redisUrl === undefined
        ? new InProcessJobQueue({ onFault })
        : await BullMqJobQueue.open({ url: redisUrl, onFault });
    shutdown.register('queue', 'close the queue', () => queue.close());
    return queue;
  }),
  port(
    Sweeping,
    [
      SERVER_CONFIG,
      JobQueue,
      OriginalStore,
      SessionPins,
      HiddenCallStore,
      MemoryStore,
      SharedContextStore,
      ContextEventLog,
      HandoffStore,
      IdempotencyStore,
      UsageStore,
      Clock,
      Log,
      ShutdownPhases,
      Readiness,
    ],
    (
      config,
      queue,
      originals,
      sessions,
      hidden,
      memories,
      contexts,
      events,
      handoffs,
      replays,
      usage,
      clock,
      log,
      shutdown,
      readiness,
    ) => {
      const sweeping = new Sweeping(
        queue,
        { originals, sessions, hidden, memories, contexts, events, handoffs, replays, usage },
        clock,
        log,
      );
      const kind = (config as ServerConfig).storage.redisUrl === undefined ? 'in-process' : 'redis';
      // The store is all that requests need: without the queue only the clearing away waits.
      readiness.add('queue', async () => {
        const isWorking = await queue.ping().then(
          () => true,
          () => false,
        );
        return { status: isWorking ? 'ok' : 'degraded', kind };
      });
      shutdown.register('background', 'stop sweeping', () => {
        sweeping.stop();
      });
      sweeping.start();
      return sweeping;
    },
  ),
];
