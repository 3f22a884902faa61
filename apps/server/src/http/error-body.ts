import { STATUS_CODES } from 'node:http';
import type { ReportedFault } from './fault.js';
import type { ErrorShape } from './route-options.js';

export interface ErrorBody {
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Renders a fault in the shape that the clients of a route read. */
export function errorBody(shape: ErrorShape, fault: ReportedFault, requestId: string): ErrorBody {
  switch (shape) {
    case 'problem':
      return { contentType: 'application/problem+json; charset=utf-8', body: problem(fault, requestId) };
    case 'wire':
      return { contentType: JSON_TYPE, body: problem(asInvalidRequest(fault), requestId) };
    case 'openai':
      return { contentType: JSON_TYPE, body: openAiError(fault) };
    case 'anthropic':
      return { contentType: JSON_TYPE, body: anthropicError(fault, requestId) };
    case 'gemini':
      return { contentType: JSON_TYPE, body: geminiError(fault) };
  }
}

/** RFC 9457 beside the `error` object that Headroom's clients read. */
function problem(fault: ReportedFault, requestId: string): ErrorBody['body'] {
  return {
    type: `urn:headroom:error:${fault.code}`,
    title: STATUS_CODES[fault.status] ?? 'Error',
    status: fault.status,
    detail: fault.message,
    request_id: requestId,
    error: { type: fault.code, message: fault.message, details: fault.details },
  };
}

/** The wire contract knows one word for every fault of a request's form. */
function asInvalidRequest(fault: ReportedFault): ReportedFault {
  return fault.code === 'validation_error' ? { ...fault, code: 'invalid_request' } : fault;
}

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** https://platform.openai.com/docs/guides/error-codes */
function openAiError(fault: ReportedFault): ErrorBody['body'] {
  const type = OPENAI_TYPES[fault.status] ?? (fault.status < 500 ? 'invalid_request_error' : 'server_error');
  const code = fault.status === 401 ? 'invalid_api_key' : fault.code;
  return { error: { message: fault.message, type, param: null, code } };
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
};

/** https://docs.anthropic.com/en/api/errors */
function anthropicError(fault: ReportedFault, requestId: string): ErrorBody['body'] {
  const type = ANTHROPIC_TYPES[fault.status] ?? (fault.status < 500 ? 'invalid_request_error' : 'api_error');
  return { type: 'error', error: { type, message: fault.message }, request_id: requestId };
}

const GEMINI_STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

/** https://cloud.google.com/apis/design/errors */
function geminiError(fault: ReportedFault): ErrorBody['body'] {
  const status = GEMINI_STATUS[fault.status] ?? (fault.status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
  return { error: { code: fault.status, message: fault.message, status } };
}
