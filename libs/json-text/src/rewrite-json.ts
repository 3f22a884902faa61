import { elementSpans, memberSpans, splice, type Span, type Splice } from './spans.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * The JSON text of `after`, given the text of `before`: whatever is equal keeps its own text (number literals, key
 * order, escapes, white space), and only what differs is written anew.
 */
export function rewriteJson(text: string, before: unknown, after: unknown): string {
  const changes = jsonChanges(text, { start: 0, end: text.length }, before, after);
  return changes.length === 0 ? text : splice(text, changes);
}

/**
 * The same as replacements within `span`, for texts that change in other places too.
 * @param elements where the elements of `before` stand, when that is known of an array.
 */
export function jsonChanges(
  text: string,
  span: Span,
  before: unknown,
  after: unknown,
  elements?: readonly Span[],
): Splice[] {
  const changes: Splice[] = [];
  if (elements !== undefined && Array.isArray(before) && Array.isArray(after)) {
    collectElements(text, { span, spans: elements }, before, after, changes);
  } else {
    collectChanges(text, span, before, after, changes);
  }
  return changes;
}

function collectChanges(text: string, span: Span, before: unknown, after: unknown, changes: Splice[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    collectElements(text, { span, spans: elementSpans(text, span.start) }, before, after, changes);
  } else if (isObject(before) && isObject(after) && keepsKeys(before, after)) {
    collectMembers(text, span, before, after, changes);
  } else {
    changes.push({ ...span, text: JSON.stringify(after) });
  }
}

function collectElements(
  text: string,
  { span, spans }: { readonly span: Span; readonly spans: readonly Span[] },
  before: readonly unknown[],
  after: readonly unknown[],
  changes: Splice[],
): void {
  if (before === after) return;
  if (before.length === after.length) {
    spans.forEach((element, i) => {
      collectChanges(text, element, before[i], after[i], changes);
    });
    return;
  }
  const partners = alignElements(before, after);
  if (coversAll(partners, before.length)) {
    collectInsertions(text, { span, spans, before, after, partners }, changes);
    return;
  }
  const elements = after.map((element, i) => {
    const partner = partners[i];
    const own = partner === undefined ? undefined : spans[partner];
    if (partner === undefined || own === undefined) return JSON.stringify(element);
    return rewriteJson(text.slice(own.start, own.end), before[partner], element);
  });
  changes.push({ ...span, text: `[${elements.join(',')}]` });
}

/** Every element of the old array is in the new one, in order: there are only insertions. */
function coversAll(partners: readonly (number | undefined)[], count: number): boolean {
  const paired = partners.filter((partner) => partner !== undefined);
  return count > 0 && paired.length === count && paired.every((partner, i) => partner === i);
}

interface Insertion {
  readonly span: Span;
  readonly spans: readonly Span[];
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  readonly partners: readonly (number | undefined)[];
}

function collectInsertions(text: string, array: Insertion, changes: Splice[]): void {
  const { span, spans, before, after, partners } = array;
  let position = spans[0]?.start ?? span.end - 1;
  let placed = false;
  after.forEach((element, i) => {
    const partner = partners[i];
    const own = partner === undefined ? undefined : spans[partner];
    if (partner !== undefined && own !== undefined) {
      collectChanges(text, own, before[partner], element, changes);
      position = spans[partner + 1]?.start ?? own.end;
      placed = partner === spans.length - 1;
    } else {
      const json = JSON.stringify(element);
      changes.push({ start: position, end: position, text: placed ? `,${json}` : `${json},` });
    }
  });
}

function collectMembers(text: string, span: Span, before: Members, after: Members, changes: Splice[]): void {
  const members = memberSpans(text, span.start);
  // Of a key that stands twice, JSON.parse takes the last.
  const last = new Map(members.map((member) => [member.key, member]));
  for (const key of Object.keys(after)) {
    if (after[key] === undefined) continue;
    const member = last.get(key);
    if (member !== undefined) collectChanges(text, member, before[key], after[key], changes);
  }
  const added = Object.keys(after).filter((key) => !last.has(key) && after[key] !== undefined);
  if (added.length === 0) return;
  const addition = added.map((key) => `${JSON.stringify(key)}:${JSON.stringify(after[key])}`).join(',');
  const tail = members.at(-1)?.end;
  if (tail === undefined) changes.push({ ...span, text: `{${addition}}` });
  else changes.push({ start: tail, end: tail, text: `,${addition}` });
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keepsKeys(before: Members, after: Members): boolean {
  return Object.keys(before).every((key) => Object.hasOwn(after, key) && after[key] !== undefined);
}

/**
 * For each element of `after` the position in `before` whose text it may be written from. The same object is the
 * surest sign; between two such anchors elements pair up in order. A wrong pair costs bytes, never meaning.
 */
function alignElements(before: readonly unknown[], after: readonly unknown[]): (number | undefined)[] {
  const positions = new Map(before.map((element, i) => [element, i]));
  const partners = after.map((element) => positions.get(element));
  const limits = nextAnchors(partners, before.length);
  let next = 0;
  return partners.map((partner, i) => {
    if (partner !== undefined) {
      next = Math.max(next, partner + 1);
      return partner;
    }
    const limit = limits[i] ?? before.length;
    let candidate = next;
    while (candidate < limit && kindOf(before[candidate]) !== kindOf(after[i])) candidate++;
    if (candidate >= limit) return undefined;
    next = candidate + 1;
    return candidate;
  });
}

/** Per element the position of the first anchor after it. */
function nextAnchors(partners: readonly (number | undefined)[], count: number): number[] {
  const limits = new Array<number>(partners.length);
  let limit = count;
  for (let i = partners.length - 1; i >= 0; i--) {
    limits[i] = limit;
    limit = partners[i] ?? limit;
  }
  return limits;
}

function kindOf(element: unknown): unknown {
  return isObject(element) ? (element['role'] ?? element['type'] ?? 'object') : typeof element;
}
