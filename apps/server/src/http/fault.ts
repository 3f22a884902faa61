import { HttpException } from '@nestjs/common';
import { HeadroomError, type ErrorCode } from '#libs/kernel';
import { codeOfStatus, statusOf } from './error-status.js';

/** What a client is told of an error. */
export interface ReportedFault {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number | undefined;
}

const INTERNAL: ReportedFault = {
  status: 500,
  code: 'internal_error',
  message: 'Something went wrong inside the server; its log has more under this request id.',
  details: {},
};

/** Turns anything thrown into what may be told; of an unforeseen error nothing is told but that it happened. */
export function faultOf(error: unknown): ReportedFault {
  if (error instanceof HeadroomError) return coded(error);
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  const status = statusOfHttpFault(error);
  return status === undefined ? INTERNAL : ofStatus(status, (error as Error).message);
}

function coded(error: HeadroomError): ReportedFault {
  const { retry_after_seconds: retryAfter } = error.details;
  return {
    status: statusOf(error.code),
    code: error.code,
    message: error.message,
    details: error.details,
    retryAfter: typeof retryAfter === 'number' ? Math.ceil(retryAfter) : undefined,
  };
}

function ofStatus(status: number, message: string): ReportedFault {
  const known = status >= 500 && status !== 503 ? INTERNAL : { status, message: MESSAGES[status] ?? message };
  return { code: codeOfStatus(status), details: {}, ...known };
}

const MESSAGES: Readonly<Record<number, string>> = {
  413: 'The body is larger than this server accepts; send less, or raise HEADROOM_MAX_BODY_BYTES.',
  414: 'A part of the path is longer than this server accepts.',
};

/** Fastify marks the faults of a request with a status of its own. */
function statusOfHttpFault(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return undefined;
  const { code, statusCode } = error;
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number'
    ? statusCode
    : undefined;
}
