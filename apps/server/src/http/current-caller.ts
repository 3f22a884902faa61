import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { HeadroomError, type Caller, type Claim } from '#libs/kernel';

/** Who sent a request, and the headers with a key of this service, which must not travel on to a provider. */
export interface Authenticated {
  readonly caller: Caller;
  readonly credentialHeaders: readonly string[];
}

const authenticated = new WeakMap<FastifyRequest, Authenticated>();

export function rememberCaller(request: FastifyRequest, who: Authenticated): void {
  authenticated.set(request, who);
}

/** @throws HeadroomError `unauthorized` on a route that is open to everybody. */
export function callerOf(request: FastifyRequest): Caller {
  const who = authenticated.get(request);
  if (who === undefined) throw new HeadroomError('unauthorized', 'This request carries no API key.');
  return who.caller;
}

/** The caller, or undefined where none is known (yet). */
export function knownCaller(request: FastifyRequest): Caller | undefined {
  return authenticated.get(request)?.caller;
}

/** The lower-case names of the headers in which this service's keys came. */
export function credentialHeadersOf(request: FastifyRequest): readonly string[] {
  return authenticated.get(request)?.credentialHeaders ?? [];
}

/** Binds what the request does to its idempotency key. */
export function actUnder(request: FastifyRequest, claim: Claim): void {
  const who = authenticated.get(request);
  if (who !== undefined) rememberCaller(request, { ...who, caller: { ...who.caller, claim } });
}

/** Injects the caller: `list(@CurrentCaller() caller: Caller)`. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
