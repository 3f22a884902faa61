import { invalid } from '#libs/kernel';

/** The strong ETag of a thing's version: `"3"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** What `If-Match` demands: nothing, that there is something, or one version. */
export type MatchDemand =
  | { readonly kind: 'any' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly version: number };

/** No version of ours: a tag that we never gave out matches nothing. */
const NO_VERSION = -1;

/** Reads `If-Match` (RFC 9110, 13.1.1). @throws HeadroomError `validation_error` for a list of tags. */
export function ifMatch(header: string | undefined): MatchDemand {
  const tag = header?.trim() ?? '';
  if (tag === '') return { kind: 'any' };
  if (tag === '*') return { kind: 'present' };
  if (/"\s*,/.test(tag)) throw invalid([{ path: 'If-Match', message: 'give one ETag' }]);
  const version = /^"(\d{1,15})"$/.exec(tag)?.[1];
  return { kind: 'version', version: version === undefined ? NO_VERSION : Number(version) };
}

/** The version that `If-Match` names; undefined when any will do. */
export function expectedVersion(header: string | undefined): number | undefined {
  const demand = ifMatch(header);
  return demand.kind === 'version' ? demand.version : undefined;
}
