import { singleSpaced } from './block.js';
import type { PageElement } from './page-tree.js';

const MAX_OPTIONS = 12;
const LONGEST_NAME = 80;
const BUTTONS = new Set(['submit', 'button', 'reset']);

/** A field or button of a form in a few words; `undefined` for what is none, or not to be seen. */
export function controlText(element: PageElement): string | undefined {
  if (element.tag === 'button') return told('button', textOf(element));
  if (element.tag === 'textarea') return told('field', nameOf(element));
  if (element.tag === 'select') return told('choice', optionsOf(element));
  if (element.tag !== 'input') return undefined;
  const type = (element.attributes.get('type') ?? 'text').toLowerCase();
  if (type === 'hidden') return '';
  if (BUTTONS.has(type)) return told('button', element.attributes.get('value') ?? type);
  return told(type === 'text' ? 'field' : type, nameOf(element));
}

function told(kind: string, name: string): string {
  const short = singleSpaced(name).slice(0, LONGEST_NAME);
  return short === '' ? '' : `[${kind}: ${short}]`;
}

function nameOf({ attributes }: PageElement): string {
  return (
    ['aria-label', 'placeholder', 'value', 'name'].map((name) => attributes.get(name) ?? '').find(Boolean) ??
    ''
  );
}

function optionsOf(select: PageElement): string {
  const options = select.children
    .filter((child) => typeof child !== 'string')
    .map(textOf)
    .filter(Boolean);
  const more = options.length > MAX_OPTIONS ? ` | … (${options.length})` : '';
  return options.slice(0, MAX_OPTIONS).join(' | ') + more;
}

function textOf({ children, attributes }: PageElement): string {
  const text = children.map((child) => (typeof child === 'string' ? child : textOf(child))).join(' ');
  return singleSpaced(text) || (attributes.get('aria-label') ?? '');
}
