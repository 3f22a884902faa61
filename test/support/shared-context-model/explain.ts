import { isDeepStrictEqual } from 'node:util';
import { EMPTY, step, type Model, type Operation, type Outcome } from './model.js';

/** An operation that was done, from when to when, in ticks of one counter. */
export interface Done {
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds an order in which the operations, one after the other, answer what they have answered; what had ended before
 * another began stays before it (linearizability: Herlihy and Wing, 1990).
 * @returns undefined when there is none.
 */
export function explain(history: readonly Done[], model: Model = EMPTY): readonly Done[] | undefined {
  const deadEnds = new Set<string>();
  const search = (left: readonly Done[], at: Model): readonly Done[] | undefined => {
    if (left.length === 0) return [];
    const place = JSON.stringify([left.map(({ from }) => from), at]);
    if (deadEnds.has(place)) return undefined;
    for (const next of left) {
      if (left.some(({ to }) => to < next.from)) continue;
      const [after, expected] = step(at, next.operation);
      if (!isDeepStrictEqual(expected, next.outcome)) continue;
      const rest = search(
        left.filter((each) => each !== next),
        after,
      );
      if (rest !== undefined) return [next, ...rest];
    }
    deadEnds.add(place);
    return undefined;
  };
  return search(history, model);
}
