/**
 * Prepared statements are kept by their text, and one with thousands of places is large: so lists come in a few sizes
 * alone, the powers of two.
 */

/** Cuts a list into parts whose sizes are powers of two up to `most`, the largest first. @param most a power of two */
export function* partsOf<T>(list: readonly T[], most: number): Iterable<readonly T[]> {
  let size = most;
  for (let start = 0; start < list.length; start += size) {
    while (size > list.length - start) size /= 2;
    yield list.slice(start, start + size);
  }
}

/** A list to look things up by, filled up to a power of two with its last item. */
export function padded<T>(list: readonly T[]): readonly T[] {
  const last = list.at(-1);
  if (last === undefined) return list;
  const size = 2 ** Math.ceil(Math.log2(list.length));
  return [...list, ...Array.from({ length: size - list.length }, () => last)];
}
