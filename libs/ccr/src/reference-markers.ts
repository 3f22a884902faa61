/** Says where the whole of a tool result stood before; without a hash where markers are off. */
export function sameResultMarker(place: string, hash?: string): string {
  return `[Same as the result of ${place} above.${retrieve(hash)}]`;
}

/** Beside the fields of an object that differ from an earlier one's; `missing` names those that it has not. */
export function otherFieldsMarker(place: string, missing: readonly string[], hash?: string): string {
  const without = missing.length === 0 ? '' : `, without ${missing.join(', ')}`;
  return `[Its other fields are as in ${place} above${without}.${retrieve(hash)}]`;
}

/** Beside the values of all fields without their names: nothing is left out, so nothing need be retrieved. */
export function fieldOrderMarker(place: string): string {
  return `[Fields as in ${place} above]`;
}

/** In the place of lines that stood before; the quoted lines say which. */
export function earlierLinesReference(count: number, place: string, first: string, last: string): string {
  return `[… ${String(count)} lines as in ${place} above, from "${first}" to "${last}" …]`;
}

function retrieve(hash: string | undefined): string {
  return hash === undefined ? '' : ` Retrieve more: hash=${hash}`;
}
