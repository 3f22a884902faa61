import { timed } from '../samples.js';

/** What every system under the benchmark can do. */
export interface MemorySystem {
  add(text: string): Promise<void>;
  /** @returns how many memories were found, ten at most are asked for. */
  search(query: string): Promise<number>;
}

export const AT_ONCE = 20;
const SAMPLES = 300;
const WARM_UP = 50;
/** A slow system gives as many samples as fit; at least {@link FEWEST}. */
const LONGEST_MS = 15_000;
const FEWEST = 5;
const BURSTS = 10;

/** Milliseconds of single calls, one after the other. */
export async function sampleCalls(call: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  const startedAt = performance.now();
  const isEarly = (): boolean => performance.now() - startedAt < LONGEST_MS;
  for (let i = 0; i < WARM_UP && isEarly(); i++) await call();
  const sampledFrom = performance.now();
  while (
    samples.length < FEWEST ||
    (samples.length < SAMPLES && performance.now() - sampledFrom < LONGEST_MS)
  ) {
    samples.push(await timed(call));
  }
  return samples;
}

/** Many calls at once: the time until all are answered, and of each of them. */
export interface Burst {
  readonly walls: readonly number[];
  readonly calls: readonly number[];
}

/** Sends {@link AT_ONCE} calls at once, several times over. */
export async function sampleBursts(call: () => Promise<unknown>): Promise<Burst> {
  const walls: number[] = [];
  const calls: number[] = [];
  const startedAt = performance.now();
  for (let i = 0; i < BURSTS && (i === 0 || performance.now() - startedAt < LONGEST_MS); i++) {
    const wall = await timed(() =>
      Promise.all(Array.from({ length: AT_ONCE }, async () => calls.push(await timed(call)))),
    );
    walls.push(wall);
  }
  return { walls, calls };
}
