import { ApiKeys, ApiKeyStore, OperatorJobs, SecretSource } from '#libs/access';
import { Clock, Ids, JobQueue } from '#libs/kernel';
import { PatternStore, ToolLearning } from '#libs/learning';
import { Log, Metrics, ShutdownPhases } from '#libs/platform';
import { UsageRecorder, UsageStore } from '#libs/usage';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { port } from './port.js';

/** At most this much of the usage counts is lost when the process is killed. */
const USAGE_FLUSH_MS = 200;
/** Learning is in no hurry, and each flush reads what is known; as much is lost when the process is killed. */
const LEARNING_FLUSH_MS = 2_000;

/** The libs' services that several resources need. */
export const SERVICE_PORTS = [
  port(
    ApiKeys,
    [SERVER_CONFIG, ApiKeyStore, Clock, Ids, SecretSource],
    (config, store, clock, ids, secrets) =>
      new ApiKeys(store, clock, ids, secrets, (config as ServerConfig).server.apiKey),
  ),
  port(OperatorJobs, [JobQueue], (queue) => new OperatorJobs(queue)),
  port(UsageRecorder, [UsageStore, Metrics, Log, ShutdownPhases], (store, metrics, log, shutdown) => {
    let due: NodeJS.Timeout | undefined;
    const flushSoon = (): void => {
      due ??= setTimeout(() => {
        due = undefined;
        void recorder.flush();
      }, USAGE_FLUSH_MS).unref();
    };
    const recorder = new UsageRecorder(store, {
      onRecord: (record) => {
        metrics.observeRequest(record);
        flushSoon();
      },
      onFailure: (error) => {
        log.warn({ err: error }, 'usage could not be stored; it is kept for the next try');
        flushSoon();
      },
    });
    shutdown.register('background', 'store the usage counts', async () => {
      clearTimeout(due);
      await recorder.flush();
    });
    return recorder;
  }),
  port(
    ToolLearning,
    [PatternStore, Clock, Ids, Log, ShutdownPhases, SERVER_CONFIG],
    (patterns, clock, ids, log, shutdown, config) => {
      let due: NodeJS.Timeout | undefined;
      const flushSoon = (): void => {
        due ??= setTimeout(() => {
          due = undefined;
          void learning.flush();
        }, LEARNING_FLUSH_MS).unref();
      };
      const learning = new ToolLearning(patterns, clock, ids, {
        isEnabled: (config as ServerConfig).compression.isLearning,
        onObserved: flushSoon,
        onFailure: (error) => {
          log.warn({ err: error }, 'what was learned could not be stored; it is kept for the next try');
          flushSoon();
        },
      });
      shutdown.register('background', 'store what was learned', async () => {
        clearTimeout(due);
        await learning.flush();
      });
      return learning;
    },
  ),
];
