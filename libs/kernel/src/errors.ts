/** Stable codes that clients switch on; `apps/server/src/http` alone maps them to HTTP. */
export type ErrorCode =
  | 'validation_error'
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'context_over_budget'
  | 'limit_exceeded'
  | 'secret_refused'
  | 'rate_limited'
  | 'compression_timeout'
  | 'compression_error'
  | 'configuration_error'
  | 'provider_error'
  | 'storage_error'
  | 'unavailable'
  | 'internal_error';

/** Every fault that a lib throws on purpose. `message` is for people and says the remedy; `details` is for programs. */
export class HeadroomError extends Error {
  override readonly name = 'HeadroomError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function notFound(what: string, detail?: string): HeadroomError {
  return new HeadroomError('not_found', detail ?? `No such ${what}.`);
}

/** One fault of a request, with the path of the field it is about, such as `messages[2].role`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Names every fault at once, so that a caller mends them in one round. */
export function invalid(faults: readonly Fault[]): HeadroomError {
  const text = faults.map((fault) => (fault.path === '' ? fault.message : `${fault.path}: ${fault.message}`));
  return new HeadroomError('validation_error', text.join('; '), { errors: faults });
}
