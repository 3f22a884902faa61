import { createHash } from 'node:crypto';
import {
  BullMqJobQueue,
  Database,
  FailedJobs,
  InProcessJobQueue,
  SqlFailedJobs,
  type JobAttempt,
  type QueueSettings,
} from '#libs/adapters';
import { OriginalStore } from '#libs/ccr';
import { HiddenCallStore } from '#libs/chat';
import { SessionPins } from '#libs/compression';
import { Clock, IdempotencyStore, JobQueue } from '#libs/kernel';
import { MemoryStore } from '#libs/memory';
import { Log, Metrics, ShutdownPhases } from '#libs/platform';
import { ContextEventLog, HandoffStore, SharedContextStore } from '#libs/shared-context';
import { UsageStore } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { type CheckResult, Readiness } from '../routes/health/readiness.js';
import { port } from './port.js';
import { Sweeping } from './sweeping.js';

/** While Redis is away each connection says so again and again; one line of them is enough for this long. */
const FAULT_EVERY_MS = 30_000;

/** What goes on beside the requests. */
export const BACKGROUND_PORTS = [
  port(
    JobQueue,
    [SERVER_CONFIG, Database, ShutdownPhases, Log, Metrics, Readiness],
    async (config, database, shutdown, log, metrics, readiness) => {
      const { redisUrl } = (config as ServerConfig).storage;
      const settings = observedBy(log, metrics);
      const queue =
        redisUrl === undefined
          ? new InProcessJobQueue(settings, await FailedJobs.open(new SqlFailedJobs(database)))
          : await BullMqJobQueue.open({ url: redisUrl, prefix: prefixOf(database), ...settings });
      metrics.watchJobs(() => queue.load());
      readiness.add('queue', () => checkQueue(queue, redisUrl === undefined ? 'in-process' : 'redis'));
      shutdown.register('queue', 'close the queue', () => queue.close());
      return queue;
    },
  ),
  port(
    Sweeping,
    [
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
    ],
    (
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
    ) => {
      const stores = { originals, sessions, hidden, memories, contexts, events, handoffs, replays, usage };
      const sweeping = new Sweeping(queue, stores, clock, log);
      sweeping.start();
      return sweeping;
    },
  ),
];

/** Servers that share a Redis but no store do not take each other's jobs. */
function prefixOf(database: Database): string {
  const { location } = database.describe();
  return `headroom-${createHash('sha256').update(location).digest('hex').slice(0, 12)}`;
}

function observedBy(log: Log, metrics: Metrics): QueueSettings {
  let quietUntil = 0;
  return {
    onAttempt: ({ job, outcome, milliseconds, error }: JobAttempt) => {
      metrics.observeJob(job.name, outcome, milliseconds / 1000);
      if (outcome === 'done') return;
      const { name, id, attempt } = job;
      log.warn({ err: error, job: name, id, attempt, outcome }, 'a background job failed');
    },
    onFault: (error) => {
      if (performance.now() < quietUntil) return;
      quietUntil = performance.now() + FAULT_EVERY_MS;
      log.warn({ err: error }, 'the job queue is at fault');
    },
  };
}

/** The store is all that requests need: without the queue only the work in the background waits. */
async function checkQueue(queue: JobQueue, kind: string): Promise<CheckResult> {
  try {
    const loads = await queue.load();
    const sum = (of: 'waiting' | 'failed') => loads.reduce((total, load) => total + load[of], 0);
    return { status: 'ok', kind, waiting: sum('waiting'), failed: sum('failed') };
  } catch {
    return { status: 'degraded', kind };
  }
}
