import { type Caller, type ErasureReceipt, maySee } from '#libs/kernel';
import {
  BEFORE_ALL,
  type ContextChange,
  type ContextEvent,
  type ContextEventBatch,
  ContextEventLog,
  EVENTS_KEPT_PER_CONTEXT,
  EVENTS_KEPT_SECONDS,
  IDLE_LOG_SECONDS,
  type LogSpan,
  readFrom,
} from '#libs/shared-context';
import type { Erasable } from './erasable.js';

interface Log {
  readonly tenantId: string;
  span: LogSpan;
  toldAt: Date;
  events: ContextEvent[];
}

export class InMemoryContextEventLog extends ContextEventLog implements Erasable {
  readonly #logs = new Map<string, Log>();

  /** Tells of changes; what the stores in memory do where others write in their transaction. */
  append(tenantId: string, context: string, changes: readonly ContextChange[]): void {
    const [first] = changes;
    if (first === undefined) return;
    const name = nameOf(tenantId, context);
    const start = first.at.getTime();
    const span = { start, newest: start, forgotten: start };
    const log = this.#logs.get(name) ?? { tenantId, span, toldAt: first.at, events: [] };
    this.#logs.set(name, log);
    for (const change of changes) {
      const newest = log.span.newest + 1;
      log.span = { ...log.span, newest };
      log.events.push({ ...change, position: newest });
    }
    log.toldAt = first.at;
    this.#forget(log, ({ position }) => position <= log.span.newest - EVENTS_KEPT_PER_CONTEXT);
  }

  override async newest({ tenantId }: Caller, context: string): Promise<number> {
    await Promise.resolve();
    return this.#logs.get(nameOf(tenantId, context))?.span.newest ?? BEFORE_ALL;
  }

  override async read(
    caller: Caller,
    context: string,
    after: number,
    limit: number,
  ): Promise<ContextEventBatch> {
    await Promise.resolve();
    const log = this.#logs.get(nameOf(caller.tenantId, context));
    const from = readFrom(after, log?.span);
    if (log === undefined) return { events: [], next: from.after, missed: from.missed };
    const events = log.events.filter(({ position }) => position > from.after).slice(0, limit);
    return {
      events: events.filter(({ userId }) => maySee(caller, userId)),
      next: events.length < limit ? log.span.newest : (events.at(-1)?.position ?? from.after),
      missed: from.missed,
    };
  }

  override async sweep(now: Date): Promise<number> {
    await Promise.resolve();
    let forgotten = 0;
    for (const [name, log] of this.#logs) {
      forgotten += this.#forget(log, ({ at }) => now.getTime() - at.getTime() > EVENTS_KEPT_SECONDS * 1000);
      if (now.getTime() - log.toldAt.getTime() > IDLE_LOG_SECONDS * 1000) this.#logs.delete(name);
    }
    return forgotten;
  }

  eraseUser(tenantId: string, userId: string): Partial<ErasureReceipt> {
    for (const log of this.#logs.values()) {
      if (log.tenantId === tenantId) log.events = log.events.filter((event) => event.userId !== userId);
    }
    return {};
  }

  #forget(log: Log, isOld: (event: ContextEvent) => boolean): number {
    const last = log.events.findLast(isOld);
    if (last === undefined) return 0;
    const before = log.events.length;
    log.events = log.events.filter(({ position }) => position > last.position);
    log.span = { ...log.span, forgotten: last.position };
    return before - log.events.length;
  }
}

function nameOf(tenantId: string, context: string): string {
  return JSON.stringify([tenantId, context]);
}
