import type { ErrorCode } from '#libs/kernel';

/** The HTTP status of every coded error: the only place that knows. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  validation_error: 400,
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  context_over_budget: 422,
  limit_exceeded: 422,
  secret_refused: 422,
  rate_limited: 429,
  compression_timeout: 503,
  compression_error: 503,
  configuration_error: 500,
  provider_error: 502,
  storage_error: 503,
  unavailable: 503,
  internal_error: 500,
};

export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/** The code of a fault that the HTTP layer itself found, by its status. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 412:
      return 'precondition_failed';
    case 413:
      return 'payload_too_large';
    case 429:
      return 'rate_limited';
    case 503:
      return 'unavailable';
    default:
      return status < 500 ? 'validation_error' : 'internal_error';
  }
}
