import { pino, type Logger as PinoLogger } from 'pino';
import { currentRequestId } from './request-context.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Ids, counts, sizes and times; never contents or keys. An `Error` goes under `err`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the process says what it does: one JSON object per line. */
export abstract class Log {
  abstract debug(fields: LogFields, message: string): void;
  abstract info(fields: LogFields, message: string): void;
  abstract warn(fields: LogFields, message: string): void;
  abstract error(fields: LogFields, message: string): void;
  /** Hands everything written so far to the operating system. */
  abstract flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Lines are appended here instead of stdout. */
  readonly file?: string | undefined;
}

/** Should one of these ever get into a log object, its value is not written. */
const NEVER_WRITTEN = [
  'authorization',
  'x-headroom-api-key',
  'x-headroom-proxy-token',
  'x-api-key',
  'apiKey',
  'key',
];

/** A {@link Log} on pino; each line carries the id of the request it belongs to. */
export class PinoLog extends Log {
  private readonly logger: PinoLogger;
  private readonly destination: ReturnType<typeof pino.destination>;

  constructor(options: LogOptions) {
    super();
    // Synchronous: a line written before a crash is there after it.
    this.destination = pino.destination({ dest: options.file ?? 1, sync: true, mkdir: true });
    this.logger = pino(
      {
        level: options.level,
        base: undefined,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: NEVER_WRITTEN.flatMap((name) => [`["${name}"]`, `headers["${name}"]`]),
        mixin: () => {
          const requestId = currentRequestId();
          return requestId === undefined ? {} : { request_id: requestId };
        },
      },
      this.destination,
    );
  }

  debug(fields: LogFields, message: string): void {
    this.logger.debug(fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.logger.info(fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.logger.warn(fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.logger.error(fields, message);
  }

  flush(): void {
    this.destination.flushSync();
  }
}
