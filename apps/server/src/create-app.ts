import 'reflect-metadata';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ApiKeys } from '#libs/access';
import { IdempotencyStore, SCOPE_ID_MAX_CHARACTERS } from '#libs/kernel';
import { Log, Metrics, ShutdownPhases } from '#libs/platform';
import { AppModule } from './app.module.js';
import type { ServerConfig } from './config/server-config.js';
import { registerBodyParsers } from './http/body-parsers.js';
import { answerUnroutable, ErrorFilter } from './http/error-filter.js';
import { registerIdempotency } from './http/idempotency.js';
import { NestLog } from './http/nest-log.js';
import { withoutProjectPrefix } from './http/project-prefix.js';
import { registerRequestHooks } from './http/request-hooks.js';
import { requestIdOf } from './http/request-id.js';
import { RequestValidationPipe } from './http/request-validation.js';
import { registerStreamedBodies } from './http/streamed-body.js';
import type { PortOverrides } from './ports/ports.module.js';

/** A character takes up to four bytes of UTF-8, a byte three characters of a path when percent-encoded. */
const MAX_ENCODED_ID = SCOPE_ID_MAX_CHARACTERS * 4 * 3;

// Bodies are checked by zod; without this Fastify would load two schema compilers at start, 10 MB that nothing uses.
const NO_FASTIFY_SCHEMAS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

// Bodies have parsers of their own, and an error at start is reported once, by main.ts.
const OPTIONS: Pick<NestApplicationOptions, 'logger' | 'bodyParser' | 'abortOnError'> = {
  logger: false,
  bodyParser: false,
  abortOnError: false,
};

/** The whole application, ready to listen or to be called in process with `app.inject(…)`. */
export async function createApp(
  config: ServerConfig,
  overrides?: PortOverrides,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    rewriteUrl: withoutProjectPrefix,
    bodyLimit: config.server.maxBodyBytes,
    routerOptions: { maxParamLength: MAX_ENCODED_ID },
    frameworkErrors: answerUnroutable,
    schemaController: { compilersFactory: NO_FASTIFY_SCHEMAS },
    // No Nest middleware and no uploads here: their plugins stay out of every request's way.
    skipMiddie: true,
    multipart: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config, overrides),
    adapter,
    OPTIONS as NestApplicationOptions,
  );
  const log = app.get<Log>(Log);
  app.useLogger(new NestLog(log));
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ErrorFilter(log));
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  registerBodyParsers(server);
  registerStreamedBodies(server);
  registerRequestHooks(server, app.get(ApiKeys), log, app.get(Metrics));
  registerIdempotency(server, app.get<IdempotencyStore>(IdempotencyStore), log);
  registerShutdown(server, app.get(ShutdownPhases), log);
  await app.init();
  await server.ready();
  return app;
}

function refuseSchema(): never {
  throw new Error("Routes have zod schemas, not Fastify's.");
}

/** Long polls end when closing begins; what was opened is closed once no request is in flight. */
function registerShutdown(server: FastifyInstance, phases: ShutdownPhases, log: Log): void {
  server.addHook('preClose', (done) => {
    phases.begin();
    done();
  });
  server.addHook('onClose', async () => {
    for (const failure of await phases.end()) log.error({ err: failure }, 'a step of stopping failed');
  });
}
