/** JSON as servers send it: without spaces, with a space after each sign, or as Python prints it. */
export function written(value: unknown, seed: number): string {
  if (seed % 3 !== 2) return JSON.stringify(value);
  return JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/([[{]) /g, '$1')
    .replace(/ ([\]}])/g, '$1');
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
