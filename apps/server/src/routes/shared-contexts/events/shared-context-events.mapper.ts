import { type Clock, invalid } from '#libs/kernel';
import type { ContextEvent, ContextEventBatch } from '#libs/shared-context';
import { fromDate } from '../../../http/wire-value.schema.js';
import type { Wire } from '../../../http/wire.js';

/** How soon a client whose connection broke should come again, in milliseconds. */
const RETRY_MS = 1_000;

/** The position that a client read last; undefined when it wants what comes. @throws HeadroomError `validation_error` */
export function toPosition(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const position = Number(lastEventId);
  if (/^\d+$/.test(lastEventId) && Number.isSafeInteger(position)) return position;
  throw invalid([
    { path: 'Last-Event-ID', message: 'is not an id of these events; leave it out to begin now' },
  ]);
}

/**
 * Batches as Server-Sent Events (WHATWG HTML, 9.2). A block without data is a comment with the id of where the reader
 * stands: a client remembers it, and tells its application of nothing.
 */
export async function* toEventStream(
  context: string,
  batches: AsyncIterable<ContextEventBatch>,
  clock: Clock,
): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  for await (const { events, next, missed } of batches) {
    const blocks = events.map((event) => blockOf(event.position, event.type, fromEvent(context, event)));
    if (missed) blocks.unshift(missedBlock(context, events[0]?.position ?? next + 1, clock.now()));
    if (isFirst) blocks.unshift(`: the events of a shared context\nretry: ${RETRY_MS}\n\n`);
    if (events.length === 0 && !missed) blocks.push(`: nothing new\nid: ${next}\n\n`);
    isFirst = false;
    yield blocks.join('');
  }
}

function fromEvent(context: string, { key, version, handoffId, agent, at }: ContextEvent): Wire {
  return { context, key, version, handoff_id: handoffId, agent, at: fromDate(at) };
}

/** Tells that events before this position, which the client asked for, are no longer kept. */
function missedBlock(context: string, position: number, at: Date): string {
  return blockOf(position - 1, 'events.missed', { context, at: fromDate(at) });
}

function blockOf(id: number, type: string, data: Wire): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
