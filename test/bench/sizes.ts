/** The sizes that `BENCH_SIZES` names, such as `1000,10000,1000000`, else the given ones. */
export function chosenSizes(what: string, defaults: readonly number[]): readonly number[] {
  const wanted = process.env.BENCH_SIZES ?? '';
  if (wanted === '') {
    console.log(`\n${what}: at ${defaults.join(', ')}. BENCH_SIZES=1000,10000,1000000 takes these.`);
    return defaults;
  }
  const sizes = wanted.split(',').map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new Error(`BENCH_SIZES must be whole numbers with commas between them, not ${wanted}.`);
  }
  return sizes.sort((a, b) => a - b);
}
