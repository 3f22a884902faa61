/**
 * Prepared statements are kept by their text, and one with thousands of places is large: so long lists come in a few
 * sizes alone, the powers of two. A statement binds a limited number of values as well.
 */

/** Lists up to this size come whole: their statements are small, and one is quicker than several. */
const SHORT = 32;

/** Cuts a list into parts of few different sizes up to `most`, the largest first. @param most a power of two */
export function* partsOf<T>(list: readonly T[], most: number): Iterable<readonly T[]> {
  let size = most;
  for (let start = 0; start < list.length; start += size) {
    const left = list.length - start;
    while (size > left) size /= 2;
    if (left <= SHORT && left <= most) size = left;
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
