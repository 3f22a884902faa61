import type { LoggerService } from '@nestjs/common';
import type { Log } from '#libs/platform';

/** Nest's own messages in this service's log; its chatter about routes and modules is left out. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(): void {
    // Start-up chatter.
  }

  warn(message: unknown, context?: unknown): void {
    this.target.warn({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.target.error({ err: message instanceof Error ? message : undefined, details }, String(message));
  }
}
