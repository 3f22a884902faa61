import { RequestMethod, type Type } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  MODULE_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/internal';
import { z } from 'zod';
import { ROUTE_DOCUMENT, type RouteDocument } from '../http/documented.js';
import type { RouteOptions } from '../http/route-options.js';

/** Fastify's route options, where http/route-options.ts puts what it says of a route. */
const ROUTE_CONFIG = '__fastify_route_config__';

/** One route as its decorators describe it. */
export interface DescribedRoute {
  /** `POST` */
  readonly method: string;
  /** `/v1/keys/:id` */
  readonly path: string;
  /** `keysCreate` */
  readonly operationId: string;
  readonly status: number;
  readonly options: Partial<RouteOptions>;
  readonly document: Partial<RouteDocument>;
  readonly body?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
}

interface RouteArgument {
  readonly data?: unknown;
  readonly schema?: unknown;
}

/** Nest's numbers for `@Body()` and `@Query()` among a handler's parameters. */
const BODY = 3;
const QUERY = 4;

/** Every route of the modules' controllers, in the order in which they were declared. */
export function describeRoutes(modules: readonly Type[]): DescribedRoute[] {
  return modules
    .flatMap((module) => (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as Type[])
    .flatMap(routesOf);
}

function routesOf(controller: Type): DescribedRoute[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function') return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    return method === undefined
      ? []
      : pathsOf(controller, handler).map((path) => describe(controller, name, method, path));
  });
}

function pathsOf(controller: Type, handler: object): string[] {
  return list(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((prefix) =>
    list(Reflect.getMetadata(PATH_METADATA, handler)).map((path) =>
      `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
    ),
  );
}

function list(paths: unknown): string[] {
  return (Array.isArray(paths) ? paths : [paths ?? '']) as string[];
}

function describe(controller: Type, name: string, method: RequestMethod, path: string): DescribedRoute {
  const handler = (controller.prototype as Record<string, object>)[name] ?? {};
  const all = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    RouteArgument
  >;
  const argument = (kind: number) =>
    Object.entries(all).find(
      ([key, value]) => key.startsWith(`${kind}:`) && value.schema instanceof z.ZodType,
    )?.[1].schema as z.ZodType | undefined;
  const document = (Reflect.getMetadata(ROUTE_DOCUMENT, handler) ?? {}) as Partial<RouteDocument>;
  const fallback = method === RequestMethod.POST ? 201 : 200;
  return {
    method: RequestMethod[method],
    path,
    operationId: operationId(controller.name, name),
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? fallback,
    options: (Reflect.getMetadata(ROUTE_CONFIG, handler) ?? {}) as Partial<RouteOptions>,
    document,
    body: argument(BODY) ?? document.body,
    query: argument(QUERY),
  };
}

function operationId(controller: string, handler: string): string {
  const resource = controller.replace(/Controller$/, '');
  return (
    resource.charAt(0).toLowerCase() + resource.slice(1) + handler.charAt(0).toUpperCase() + handler.slice(1)
  );
}
