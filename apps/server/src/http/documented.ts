import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

/** What openapi.json says of a route beyond what its `@Body`, `@Query` and `@Param` schemas say already. */
export interface RouteDocument {
  readonly summary: string;
  /** Status → schema of the answer's body, or null for an answer without one. Default: 200 with any JSON. */
  readonly answers?: Readonly<Record<number, z.ZodType | null>>;
  /** Of the answers, where it is not `application/json`. */
  readonly contentType?: string;
  /** Of a raw body, which has no schema that is checked: what may be sent. */
  readonly body?: z.ZodType;
  /** Request headers by name, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the body, where it is not `application/json`. */
  readonly bodyType?: string;
}

export const ROUTE_DOCUMENT = 'headroom:route-document';

/** `@Documented({ summary: 'Create a memory', answers: { 201: memorySchema } })` */
export const Documented = (document: RouteDocument): MethodDecorator => SetMetadata(ROUTE_DOCUMENT, document);
