/** The numbers of one column, then those of the other. */
export function joined<Column extends Float64Array | Float32Array | Int32Array>(
  one: Column,
  other: Column,
): Column {
  const both = new (one.constructor as new (length: number) => Column)(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
