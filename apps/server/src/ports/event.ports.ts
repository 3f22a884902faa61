import {
  BroadcastWakeups,
  Database,
  InProcessWakeups,
  PostgresBroadcast,
  RedisBroadcast,
} from '#libs/adapters';
import { Clock, Pause } from '#libs/kernel';
import { Log, ShutdownPhases } from '#libs/platform';
import { ContextEventLog, ContextEvents, ContextWakeups, SharedContextStore } from '#libs/shared-context';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { port } from './port.js';

/** What happens in shared contexts, told to those who listen, on this server and others. */
export const EVENT_PORTS = [
  port(
    ContextWakeups,
    [SERVER_CONFIG, Database, Log, ShutdownPhases],
    (config, database, log, shutdown): ContextWakeups => {
      const { redisUrl, storeUrl } = (config as ServerConfig).storage;
      const onFault = (error: unknown): void => {
        log.warn({ err: error }, 'a hint of events was lost; readers look by themselves');
      };
      if (redisUrl === undefined && storeUrl === undefined) return new InProcessWakeups();
      const broadcast =
        redisUrl === undefined
          ? new PostgresBroadcast(database, storeUrl ?? '', onFault)
          : new RedisBroadcast(redisUrl, onFault);
      const wakeups = new BroadcastWakeups(broadcast, onFault);
      shutdown.register('background', 'stop telling of events', () => wakeups.close());
      return wakeups;
    },
  ),
  port(
    ContextEvents,
    [ContextEventLog, SharedContextStore, ContextWakeups, Clock, Pause, Log, ShutdownPhases],
    (log, store, wakeups, clock, pause, serverLog, shutdown) => {
      const onFault = (error: unknown): void => {
        serverLog.warn({ err: error }, 'the events of a context could not be read; trying again');
      };
      const events = new ContextEvents({ log, store, wakeups, clock, pause, onFault });
      shutdown.signal.addEventListener('abort', () => {
        events.close();
      });
      return events;
    },
  ),
];
