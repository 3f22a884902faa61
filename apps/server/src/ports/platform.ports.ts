import { SecretSource } from '#libs/access';
import { Clock, Ids } from '#libs/kernel';
import { Log, Metrics, PinoLog, ShutdownPhases, SystemClock, UuidV7Ids } from '#libs/platform';
import { SERVER_CONFIG, type ServerConfig } from '../config/server-config.js';
import { Readiness } from '../routes/health/readiness.js';
import { port } from './port.js';
import { RandomSecrets } from './random-secrets.js';

/** What the process itself gives: time, ids, secrets, log, metrics, start and end. */
export const PLATFORM_PORTS = [
  port(Clock, [], () => new SystemClock()),
  port(Ids, [], () => new UuidV7Ids()),
  port(SecretSource, [], () => new RandomSecrets()),
  port(ShutdownPhases, [], () => new ShutdownPhases()),
  port(Metrics, [], () => new Metrics()),
  port(Log, [SERVER_CONFIG], (config) => new PinoLog((config as ServerConfig).logging)),
  port(
    Readiness,
    [Log],
    (log) =>
      new Readiness((check, error) => {
        log.error({ err: error, check }, 'a readiness check failed');
      }),
  ),
];
