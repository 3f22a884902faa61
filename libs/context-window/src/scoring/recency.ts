/** Documented as `recency_decay_rate`: per message. */
const DECAY_RATE = 0.1;

/** Exponential decay from `end` backwards: 1 for the last message before it and for all that follow. */
export function recency(messageCount: number, end: number): Float64Array {
  return Float64Array.from({ length: messageCount }, (_, index) =>
    Math.exp(-DECAY_RATE * Math.max(0, end - 1 - index)),
  );
}
