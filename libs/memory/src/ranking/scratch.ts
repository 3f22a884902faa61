/** Of larger users nothing is kept between searches: 40 bytes a memory. */
const MOST_KEPT = 1_048_576;

/** Numbers that a ranking adds up in, all 0: by a memory's place, and by its episode. */
export class Scratch {
  readonly own: Float64Array;
  readonly around: Float64Array;
  readonly memories: Float64Array;
  readonly episodes: Float64Array;
  readonly episodeFrequencies: Float64Array;

  constructor(readonly size: number) {
    this.own = new Float64Array(size);
    this.around = new Float64Array(size);
    this.memories = new Float64Array(size);
    this.episodes = new Float64Array(size);
    this.episodeFrequencies = new Float64Array(size);
  }
}

let kept: Scratch | undefined;

/** Room for an outline of that size; to fill five new arrays with zeros takes longer than most rankings. */
export function takeScratch(size: number): Scratch {
  const taken = kept;
  kept = undefined;
  return taken !== undefined && taken.size >= size ? taken : new Scratch(2 ** Math.ceil(Math.log2(size + 1)));
}

/** @param scratch in which every number is 0 again. */
export function giveBackScratch(scratch: Scratch): void {
  if (scratch.size <= MOST_KEPT) kept = scratch;
}
