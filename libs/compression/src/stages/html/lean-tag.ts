const CONTROLS = new Set(['input', 'select', 'textarea', 'button', 'option']);
const NAMING = new Set(['class', 'id', 'role', 'itemprop', 'hidden']);
const CONTROL_NAMING = new Set(['type', 'value', 'placeholder', 'name', 'aria-label']);
const TAG_END = 62;
/** Every part ends where the next one begins, so that nothing is tried twice. */
const NAME = /[^\s/>]+/y;
const ATTRIBUTE = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)?))?/y;
const SPACES = /[\s/=]*/y;

/** A start tag with the attributes that the stage looks at, and where it ended. */
export interface LeanTag {
  readonly text: string;
  readonly end: number;
}

/**
 * Reads the start tag at `at` as a browser would. Most of a tag is addresses, measures and data for scripts: the
 * parser makes an object of each, which costs more than all else. `undefined` where a tag does not end as it should.
 */
export function leanTag(html: string, at: number, includeLinks: boolean): LeanTag | undefined {
  NAME.lastIndex = at + 1;
  const [name] = NAME.exec(html) ?? [''];
  let from = at + 1 + name.length;
  if (html.charCodeAt(from) === TAG_END) return { text: `<${name}>`, end: from + 1 };
  const tag = name.toLowerCase();
  let text = `<${name}`;
  for (;;) {
    ATTRIBUTE.lastIndex = from;
    const match = ATTRIBUTE.exec(html);
    if (match === null) break;
    from = ATTRIBUTE.lastIndex;
    const key = (match[1] ?? '').toLowerCase();
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    if (isRead(tag, key, value, includeLinks)) text += ` ${key}=${quoted(value)}`;
  }
  SPACES.lastIndex = from;
  SPACES.exec(html);
  from = SPACES.lastIndex;
  return html.charCodeAt(from) === TAG_END ? { text: `${text}>`, end: from + 1 } : undefined;
}

function isRead(tag: string, name: string, value: string, includeLinks: boolean): boolean {
  if (NAMING.has(name)) return true;
  if (name === 'style') return value.includes('none') || value.includes('hidden');
  if (name === 'href') return includeLinks && tag === 'a';
  return CONTROLS.has(tag) && CONTROL_NAMING.has(name);
}

function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
