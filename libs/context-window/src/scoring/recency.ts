/** Documented as `recency_decay_rate`: per message. */
const DECAY_RATE = 0.1;

/** Exponential decay from `end` backwards: 1 for the last message before it. */
export function recency(end: number): Float64Array {
  return Float64Array.from({ length: end }, (_, index) => Math.exp(-DECAY_RATE * (end - 1 - index)));
}
