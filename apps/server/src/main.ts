import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HeadroomError } from '#libs/kernel';
import { Log } from '#libs/platform';
import { ConfigurationFaults, readConfig } from './config/read-config.js';
import { startServer } from './start-server.js';

/** Requests in flight may finish for this long; then their connections are cut. */
const IN_FLIGHT_DEADLINE_MS = 10_000;
/** Everything after that must be done by then. */
const EXIT_DEADLINE_MS = 20_000;

try {
  const app = await startServer(readConfig());
  stopOnSignals(app);
  exitOnUnforeseenErrors(app.get<Log>(Log));
} catch (error) {
  process.stderr.write(`${isExpected(error) ? error.message : describeUnforeseen(error)}\n`);
  process.exit(1);
}

/** Faults whose message says the remedy; a stack would only hide it. */
function isExpected(error: unknown): error is Error {
  return error instanceof ConfigurationFaults || error instanceof HeadroomError;
}

function describeUnforeseen(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The first signal stops in phases, the second one at once. */
function stopOnSignals(app: NestFastifyApplication): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    app.get<Log>(Log).info({ signal }, 'stopping');
    void shutDown(app);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function shutDown(app: NestFastifyApplication): Promise<void> {
  const log = app.get<Log>(Log);
  setTimeout(() => {
    app.getHttpServer().closeAllConnections();
  }, IN_FLIGHT_DEADLINE_MS).unref();
  setTimeout(() => {
    log.error({}, 'stopping took too long');
    process.exit(1);
  }, EXIT_DEADLINE_MS).unref();
  try {
    await app.close();
    log.info({}, 'stopped');
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'could not stop cleanly');
    process.exit(1);
  }
}

/** After an error that nobody foresaw the state is unknown: leave it to the next process. */
function exitOnUnforeseenErrors(log: Log): void {
  const exit = (error: unknown): void => {
    log.error({ err: error }, 'an unforeseen error ends this process');
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
}
