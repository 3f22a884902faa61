import { type JsonNode, type JsonObjectNode, writeJsonTree, writtenJsonLength } from '#libs/json-text';
import { type FieldTemplate, templateOf } from './field-template.js';
import type { Place } from './place-names.js';

/** Longer documents are tables by themselves; shorter ones are not worth a reference. */
const MAX_CHARACTERS = 64_000;
/** How many documents a new one is compared with, the latest first. */
const MAX_COMPARED = 40;
const MAX_RECORDS = 2_000;

/** An object that stands in the conversation with all its fields. */
interface EarlierRecord {
  readonly place: Place;
  /** Key literal → value as it was written. */
  readonly members: ReadonlyMap<string, string>;
}

/** What a new object shares with an earlier one. */
export interface SharedRecord {
  readonly place: Place;
  /** Which of the new object's members are new or have another value. */
  readonly changed: readonly number[];
  /** Keys of the earlier object that the new one has not, without quotes. */
  readonly missing: readonly string[];
  /** Characters of the members that are the same. */
  readonly sharedLength: number;
}

/** The JSON documents that stand in a conversation so far, as records to compare with and as orders of fields. */
export class EarlierRecords {
  private readonly records: EarlierRecord[] = [];
  private readonly templates = new Map<string, { readonly place: Place; readonly template: FieldTemplate }>();

  add(document: JsonNode, place: Place): void {
    if (this.records.length >= MAX_RECORDS || writtenJsonLength(document) > MAX_CHARACTERS) return;
    const key = templateKey(document);
    if (key !== undefined && !this.templates.has(key))
      this.templates.set(key, { place, template: templateOf(document) });
    if (document.kind === 'object') this.records.push({ place, members: membersOf(document) });
  }

  /** The earlier object of which most of the new one's text stood; the latest of several. */
  sharedWith(object: JsonObjectNode): SharedRecord | undefined {
    const values = object.values.map(writeJsonTree);
    let best: { readonly record: EarlierRecord; readonly sharedLength: number } | undefined;
    for (const record of this.records.slice(-MAX_COMPARED).reverse()) {
      const sharedLength = values.reduce((length, value, index) => {
        const key = object.keys[index] ?? '';
        return record.members.get(key) === value ? length + key.length + value.length : length;
      }, 0);
      if (sharedLength > (best?.sharedLength ?? 0)) best = { record, sharedLength };
    }
    if (best === undefined) return undefined;
    const { members, place } = best.record;
    const own = new Set(object.keys);
    return {
      place,
      changed: [...object.keys.keys()].filter(
        (index) => members.get(object.keys[index] ?? '') !== values[index],
      ),
      missing: [...members.keys()].filter((key) => !own.has(key)).map((key) => key.slice(1, -1)),
      sharedLength: best.sharedLength,
    };
  }

  /** The first document whose fields come in the same order, at least those of its surface. */
  templateFor(document: JsonNode): { readonly place: Place; readonly template: FieldTemplate } | undefined {
    const key = templateKey(document);
    return key === undefined ? undefined : this.templates.get(key);
  }
}

function membersOf({ keys, values }: JsonObjectNode): Map<string, string> {
  return new Map(
    keys.map((key, index) => [key, writeJsonTree(values[index] ?? { kind: 'literal', text: '' })]),
  );
}

/** Documents with the same key share a template: an object's keys, or those of an array's first object. */
function templateKey(document: JsonNode): string | undefined {
  if (document.kind === 'object') return document.keys.length === 0 ? undefined : document.keys.join();
  const first = document.kind === 'array' ? document.items[0] : undefined;
  if (first === undefined) return undefined;
  const inner = templateKey(first);
  return inner === undefined ? undefined : `[${inner}`;
}
