import {
  earlierLinesReference,
  fieldOrderMarker,
  linesMarker,
  otherFieldsMarker,
  sameResultMarker,
} from '#libs/ccr';
import { type JsonNode, type JsonObjectNode, stringNode, writeJsonTree } from '#libs/json-text';
import { usesTableKeys, withTables } from '../stages/json/lossless-json.js';
import { isBracketed, type EarlierContent, type ReadText } from './earlier-content.js';
import type { EarlierRun } from './earlier-lines.js';
import { valuesOf } from './field-template.js';
import type { Place } from './place-names.js';

const MARKER_KEY = '"_headroom"';
const VALUES_KEY = '"_values"';
/** An object is told by its differences when at least this share of it stood before. */
const MIN_SHARED = 0.35;
const MAX_MISSING = 6;
const QUOTED_CHARACTERS = 40;

export interface ReferenceText {
  readonly text: string;
  /** True when every value can still be read off the text itself. */
  readonly hasAllValues: boolean;
  /** The messages that it names. */
  readonly refersTo: readonly number[];
}

/**
 * The ways to write a text by what stands before it in the conversation; JSON stays JSON.
 * @param hash The address of the text where it is stored; undefined where markers are off.
 */
export function referencesFor(
  read: ReadText,
  earlier: EarlierContent,
  hash: string | undefined,
): ReferenceText[] {
  const { text } = read;
  if (!earlier.hasResults && isBracketed(text) && earlier.lines.runsIn(text.split('\n')).length === 0)
    return [];
  const { document } = read;
  const same = earlier.placeOf(text);
  if (same !== undefined) return [partial(whole(document, sameResultMarker(same.name, hash)), [same])];
  if (document === undefined) return byLines(text, earlier, hash);
  if (text.includes(MARKER_KEY) || text.includes(VALUES_KEY) || usesTableKeys(text)) return [];
  const changes = document.kind === 'object' ? byChanges(document, earlier, hash) : [];
  return [...changes, ...byOrder(document, earlier)];
}

function partial(text: string, places: readonly Place[]): ReferenceText {
  return { text, hasAllValues: false, refersTo: [...new Set(places.map(({ index }) => index))] };
}

function whole(document: JsonNode | undefined, marker: string): string {
  if (document === undefined) return marker;
  const node = stringNode(marker);
  return writeJsonTree(
    document.kind === 'array'
      ? { kind: 'array', items: [node] }
      : { kind: 'object', keys: [MARKER_KEY], values: [node] },
  );
}

/** `{"id":7,"status":"cancelled","_headroom":"[Its other fields are as in get_order(7) above. …]"}` */
function byChanges(
  object: JsonObjectNode,
  earlier: EarlierContent,
  hash: string | undefined,
): ReferenceText[] {
  const { keys, values } = object;
  if (new Set(keys).size < keys.length) return [];
  const shared = earlier.records.sharedWith(object);
  if (shared === undefined || shared.missing.length > MAX_MISSING) return [];
  const length = keys.reduce(
    (sum, key, i) => sum + key.length + writeJsonTree(values[i] ?? object).length,
    0,
  );
  if (shared.sharedLength < MIN_SHARED * length) return [];
  const told = new Set(shared.changed);
  // What it is about is read first, changed or not.
  if (values[0]?.kind === 'string' || values[0]?.kind === 'number') told.add(0);
  const kept = [...keys.keys()].filter((index) => told.has(index));
  const marker = stringNode(otherFieldsMarker(shared.place.name, shared.missing, hash));
  const changes: JsonNode = {
    kind: 'object',
    keys: [...kept.flatMap((index) => keys[index] ?? []), MARKER_KEY],
    values: [...kept.flatMap((index) => values[index] ?? []), marker],
  };
  return [changes, withTables(changes)].map((node) => partial(writeJsonTree(node), [shared.place]));
}

/** `{"_headroom":"[Fields as in get_order(7) above]","_values":[8,"paid"]}` */
function byOrder(document: JsonNode, earlier: EarlierContent): ReferenceText[] {
  const known = earlier.records.templateFor(document);
  if (known === undefined) return [];
  const values = valuesOf(document, known.template);
  if (values === undefined) return [];
  const marker = stringNode(fieldOrderMarker(known.place.name));
  const node: JsonNode = { kind: 'object', keys: [MARKER_KEY, VALUES_KEY], values: [marker, values] };
  return [{ text: writeJsonTree(node), hasAllValues: true, refersTo: [known.place.index] }];
}

function byLines(text: string, earlier: EarlierContent, hash: string | undefined): ReferenceText[] {
  const lines = text.split('\n');
  const runs = earlier.lines.runsIn(lines);
  if (runs.length === 0) return [];
  const kept: string[] = [];
  let next = 0;
  for (const run of runs) {
    for (; next < run.start; next++) kept.push(lines[next] ?? '');
    kept.push(referenceTo(run, lines));
    next = run.end;
  }
  for (; next < lines.length; next++) kept.push(lines[next] ?? '');
  if (hash !== undefined) {
    const left = lines.length - runs.reduce((sum, { start, end }) => sum + end - start, 0);
    kept.push(linesMarker(lines.length, left, hash));
  }
  return [
    partial(
      kept.join('\n'),
      runs.map(({ place }) => place),
    ),
  ];
}

function referenceTo({ start, end, place }: EarlierRun, lines: readonly string[]): string {
  const told = lines.slice(start, end).filter((line) => /\w/.test(line));
  const quoted = (line: string | undefined): string => (line ?? '').trim().slice(0, QUOTED_CHARACTERS);
  return earlierLinesReference(end - start, place.name, quoted(told[0]), quoted(told.at(-1)));
}
