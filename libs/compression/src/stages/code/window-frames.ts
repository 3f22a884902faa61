import type { CodeLanguage } from './syntax-parser.js';

/** Lines put around a part of a file so that it parses: a view that begins inside of a function lacks its head. */
export interface WindowFrame {
  readonly head: string;
  readonly tail: string;
}

export const NO_FRAME: WindowFrame = { head: '', tail: '' };

const MAX_DEPTH = 40;

/** Heads of what may be open above the window: outermost first, `{` for blocks. */
const OPENINGS: Readonly<Record<Exclude<CodeLanguage, 'python'>, readonly (readonly string[])[]>> = {
  javascript: [['class _ {', '_() {'], ['function _() {']],
  typescript: [['class _ {', '_() {'], ['function _() {']],
  tsx: [['class _ {', '_() {'], ['function _() {']],
  go: [['func _() {'], ['type _ struct {']],
  rust: [['impl _ {', 'fn _() {'], ['fn _() {'], ['mod _ {', 'impl _ {', 'fn _() {']],
  java: [
    ['class _ {', 'void _() {'],
    ['class _ {', 'class _ {', 'void _() {'],
  ],
  c: [['void _() {'], ['struct _ {']],
  cpp: [['void _() {'], ['class _ {', 'void _() {'], ['namespace _ {', 'class _ {', 'void _() {']],
};

/** What could stand around code that does not parse alone; empty where it seems to be whole. */
export function windowFrames(code: string, language: CodeLanguage): WindowFrame[] {
  return language === 'python'
    ? pythonFrames(code)
    : bracedFrames(code, OPENINGS[language], language === 'rust');
}

function bracedFrames(
  code: string,
  openings: readonly (readonly string[])[],
  hasLifetimes: boolean,
): WindowFrame[] {
  const { closed, open } = openBraces(code, hasLifetimes);
  if (closed > MAX_DEPTH || open > MAX_DEPTH) return [];
  const frames = new Map<string, WindowFrame>();
  for (const opening of openings) {
    // What is open above the window may close in it or, as a class with more methods does, below it.
    // A whole file may not parse for other reasons; but methods alone are no script.
    const canBeBelow = closed > 0 || (opening.length > 1 && opening[1] === '_() {');
    for (const below of canBeBelow ? [0, 1] : [0]) {
      const heads = Array.from({ length: closed + below }, (_, index) => opening[index] ?? '{');
      const head = heads.length === 0 ? '' : `${heads.join(' ')}\n`;
      const tail = open + below === 0 ? '' : `\n${'}'.repeat(open + below)}`;
      if (head + tail !== '') frames.set(head + tail, { head, tail });
    }
  }
  return [...frames.values()];
}

/** Braces that close what began before the code, and those that nothing in it closes. */
function openBraces(code: string, hasLifetimes: boolean): { closed: number; open: number } {
  let closed = 0;
  let open = 0;
  for (let at = 0; at < code.length; at++) {
    const character = code[at];
    if (character === '{') open++;
    else if (character === '}') {
      if (open > 0) open--;
      else closed++;
    } else if (hasLifetimes && character === "'" && code[at + 1] !== '\\' && code[at + 2] !== "'") {
      continue;
    } else if (character === '/' || character === '"' || character === "'" || character === '`') {
      at = skipQuoted(code, at);
    }
  }
  return { closed, open };
}

/** The last offset of the comment or string that begins here; this one where none does. */
function skipQuoted(code: string, at: number): number {
  const quote = code[at];
  if (quote === '/') {
    if (code[at + 1] === '/') return endAt(code.indexOf('\n', at), code);
    return code[at + 1] === '*' ? endAt(code.indexOf('*/', at + 2), code) : at;
  }
  for (let end = at + 1; end < code.length; end++) {
    const character = code[end];
    if (character === '\\') end++;
    else if (character === quote) return end;
    // A lone quote, as in a comment of another language.
    else if (character === '\n' && quote !== '`') return at;
  }
  return at;
}

function endAt(found: number, code: string): number {
  return found === -1 ? code.length : found;
}

function pythonFrames(code: string): WindowFrame[] {
  const lines = code.split('\n');
  const frames: WindowFrame[] = [];
  const heads = pythonHeads(lines);
  const isQuoteOpen = (code.split('"""').length - 1) % 2 === 1;
  if (heads !== '') frames.push({ head: heads, tail: '' });
  if (isQuoteOpen) {
    const indent = /^\s*/.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0] ?? '';
    frames.push({ head: `${heads}${indent}"""`, tail: '' }, { head: heads, tail: '"""' });
  }
  return frames;
}

/** A head for each level of indentation that the code falls back to. */
function pythonHeads(lines: readonly string[]): string {
  const levels: number[] = [];
  const classLevels = new Set<number>();
  for (const line of lines) {
    const words = line.trimStart();
    if (words === '' || words.startsWith('#')) continue;
    const indent = line.length - words.length;
    if (indent < (levels.at(-1) ?? Number.POSITIVE_INFINITY)) levels.push(indent);
    if (/^(?:async )?def |^@/.test(words)) classLevels.add(indent);
    if (indent === 0) break;
  }
  const first = levels[0] ?? 0;
  if (first === 0) return '';
  const inner = levels.slice(0, MAX_DEPTH).reverse();
  const outer = inner[0] === 0 ? inner.slice(0, -1) : [0, ...inner.slice(0, -1)];
  return outer
    .map((indent, index) => {
      const body = inner[inner[0] === 0 ? index + 1 : index] ?? first;
      return `${' '.repeat(indent)}${classLevels.has(body) ? 'class _' : 'def _()'}:\n`;
    })
    .join('');
}
