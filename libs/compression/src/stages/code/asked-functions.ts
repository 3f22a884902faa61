import { analyse } from '#libs/relevance';
import { relevantItems } from '../../query-relevance.js';
import { countSolidLines } from './code-lines.js';
import type { CodeGrammar } from './code-grammar.js';
import type { SyntaxNode } from './syntax-parser.js';

interface NamedFunction {
  readonly node: SyntaxNode;
  readonly name: string;
}

const QUERY_CHARACTERS = 4000;
/** What a name can be told from: the head of a function and what stands before it on its line. */
const HEAD_CHARACTERS = 300;
const NAME =
  /([A-Za-z_$][\w$]{0,100})\s*(?:<[^<>()]{0,100}>)?\s*\(|([A-Za-z_$][\w$]{0,100})\s*(?::[^=\n]{1,100})?=\s*(?:async\s*)?$/;
/** A word this long that is a function's name means the function. */
const TELLING_NAME = 6;
const MAX_FUNCTIONS = 400;
const MAX_KEPT = 5;
const MAX_KEPT_LINES = 120;

/** The functions, by where they begin, that the user's question names or is about; their bodies are what is asked for. */
export function askedFunctions(
  code: string,
  root: SyntaxNode,
  grammar: CodeGrammar,
  query: string,
  threshold: number,
): ReadonlySet<number> {
  const asked = query.slice(0, QUERY_CHARACTERS);
  const kept = new Set<number>();
  if (asked.trim() === '') return kept;
  const functions = namedFunctions(code, root, grammar);
  const words = new Set(asked.match(/[A-Za-z_$][\w$]{2,100}/g) ?? []);
  const terms = new Set(analyse(asked));
  const named = functions.filter(({ name }) => isNamed(name, asked, words) || isDescribed(name, terms));
  let lines = 0;
  for (const { node } of [...named, ...aboutQuery(code, functions, asked, terms, threshold)]) {
    if (kept.has(node.start)) continue;
    lines += countSolidLines(code, node.start, node.end);
    if (lines > MAX_KEPT_LINES) break;
    if (kept.add(node.start).size === MAX_KEPT) break;
  }
  return kept;
}

function namedFunctions(code: string, root: SyntaxNode, grammar: CodeGrammar): NamedFunction[] {
  const found: NamedFunction[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined && found.length < MAX_FUNCTIONS; node = open.pop()) {
    for (const child of node.children.toReversed()) open.push(child);
    if (!grammar.functions.has(node.type)) continue;
    const name = nameOf(code, node, grammar);
    if (name !== '') found.push({ node, name });
  }
  return found;
}

function nameOf(code: string, node: SyntaxNode, { blocks }: CodeGrammar): string {
  const body = node.children.findLast(({ type }) => blocks.has(type));
  const head = code.slice(node.start, Math.min(body?.start ?? node.end, node.start + HEAD_CHARACTERS));
  const [, own] = NAME.exec(head) ?? [];
  if (own !== undefined && !/^(?:function|async|func|fn|if|for|while|switch|public)$/.test(own)) return own;
  const before = code.slice(Math.max(0, node.start - HEAD_CHARACTERS), node.start);
  const [, , assigned] = NAME.exec(before.slice(before.lastIndexOf('\n') + 1)) ?? [];
  return assigned ?? '';
}

function isNamed(name: string, query: string, words: ReadonlySet<string>): boolean {
  if (!words.has(name)) return false;
  return (
    name.length >= TELLING_NAME ||
    /[_$A-Z]/.test(name) ||
    query.includes(`${name}(`) ||
    query.includes(`\`${name}`)
  );
}

/** True where the question says all parts of a compound name: "updates the cookie jar" and `update_cookie_jar`. */
function isDescribed(name: string, terms: ReadonlySet<string>): boolean {
  const parts = analyse(name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll('_', ' '));
  return parts.length >= 2 && parts.every((part) => terms.has(part));
}

/** The one function that says most of what is asked, where it says at least two of the words. */
function aboutQuery(
  code: string,
  functions: readonly NamedFunction[],
  query: string,
  terms: ReadonlySet<string>,
  threshold: number,
): NamedFunction[] {
  if (terms.size < 2) return [];
  const texts = functions.map(({ node }) => code.slice(node.start, Math.min(node.end, node.start + 2000)));
  const best = relevantItems(texts, query, threshold).ranked[0];
  const text = best === undefined ? '' : (texts[best] ?? '').toLowerCase();
  const shared = [...terms].filter((term) => text.includes(term)).length;
  const found = best === undefined ? undefined : functions[best];
  return shared >= 3 && found !== undefined ? [found] : [];
}
