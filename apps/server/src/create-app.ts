import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ApiKeys } from '#libs/access';
import { SCOPE_ID_MAX_CHARACTERS } from '#libs/kernel';
import { Log } from '#libs/platform';
import { AppModule } from './app.module.js';
import type { ServerConfig } from './config/server-config.js';
import { registerBodyParsers } from './http/body-parsers.js';
import { answerUnroutable, ErrorFilter } from './http/error-filter.js';
import { NestLog } from './http/nest-log.js';
import { registerRequestHooks } from './http/request-hooks.js';
import { requestIdOf } from './http/request-id.js';
import { RequestValidationPipe } from './http/request-validation.js';
import type { PortOverrides } from './ports.module.js';

/** A character takes up to four bytes of UTF-8, a byte three characters of a path when percent-encoded. */
const MAX_ENCODED_ID = SCOPE_ID_MAX_CHARACTERS * 4 * 3;

/** The whole application, ready to listen or to be called in process with `app.inject(…)`. */
export async function createApp(
  config: ServerConfig,
  overrides?: PortOverrides,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    bodyLimit: config.server.maxBodyBytes,
    routerOptions: { maxParamLength: MAX_ENCODED_ID },
    frameworkErrors: answerUnroutable,
    // No Nest middleware and no uploads here: their plugins stay out of every request's way.
    skipMiddie: true,
    multipart: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, overrides), adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  const log = app.get<Log>(Log);
  app.useLogger(new NestLog(log));
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ErrorFilter(log));
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  registerBodyParsers(server);
  registerRequestHooks(server, app.get(ApiKeys), log);
  await app.init();
  await server.ready();
  return app;
}
