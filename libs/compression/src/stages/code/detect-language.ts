import { LINE_FEATURES, type Feature } from './language-features.js';
import { languageOfPath, pathHint } from './path-hint.js';
import type { CodeLanguage } from './syntax-parser.js';

export interface DetectedLanguage {
  readonly language: CodeLanguage;
  /** Between 0 and 1: how much was found, and how much of it speaks for no other language. */
  readonly confidence: number;
}

const SAMPLE_CHARACTERS = 24_000;
const SAMPLE_LINES = 160;
const LINE_CHARACTERS = 240;
/** A file name weighs as much as a few unmistakable lines. */
const NAME_WEIGHT = 12;
const SURE_WEIGHT = 8;
const MIN_WEIGHT = 2;
/** With less than this of evidence per line, prose that quotes a line of code would be code. */
const MIN_WEIGHT_PER_LINE = 0.12;
/** From this share of its family's weight on, what only the larger language has decides for it. */
const EXTENSION_SHARE = 0.1;
const MIN_EXTENSION = 2;

const NUMBERED = /^\s{0,8}\d{1,7}(?:\t|→| ?\| ?|: ?)/;
const COMMENT =
  /^(?:\/\/|\/\*|\*[\s/]|\*$|#(?!\s{0,4}(?:include|define|ifn?def|endif|if|elif|undef|pragma)\b|!|\[))/;

/**
 * Tells the language of source code by the shape of its first lines, and by a file name above them.
 * @returns undefined where the text is no code or in a language without a stage.
 */
export function detectLanguage(sample: string): DetectedLanguage | undefined {
  const weights = new Map<Feature, number>();
  const add = (feature: Feature, weight: number): void => {
    weights.set(feature, (weights.get(feature) ?? 0) + weight);
  };
  const lines = codeLines(sample);
  for (const line of lines) addLine(line, add);

  const named = languageOfPath(pathHint(sample));
  const ranked = rank(weights, named);
  const [best, second] = ranked;
  if (best === undefined || best[0] === undefined) return undefined;
  const weight = best[1];
  if (named === undefined && (weight < MIN_WEIGHT || weight < lines.length * MIN_WEIGHT_PER_LINE))
    return undefined;
  const confidence = (Math.min(1, weight / SURE_WEIGHT) * weight) / (weight + (second?.[1] ?? 0));
  return { language: best[0], confidence };
}

/** Without indentation, line numbers, comments and what follows on very long lines. */
function codeLines(sample: string): string[] {
  const lines: string[] = [];
  for (const raw of sample.slice(0, SAMPLE_CHARACTERS).split('\n', SAMPLE_LINES * 4)) {
    const line = raw.slice(0, LINE_CHARACTERS).replace(NUMBERED, '').trim();
    if (line === '' || COMMENT.test(line)) continue;
    lines.push(withoutTrailingComment(line));
    if (lines.length === SAMPLE_LINES) break;
  }
  return lines;
}

function withoutTrailingComment(line: string): string {
  const at = Math.max(line.lastIndexOf(' // '), line.lastIndexOf('  # '));
  return at > 0 ? line.slice(0, at).trimEnd() : line;
}

function addLine(line: string, add: (feature: Feature, weight: number) => void): void {
  let found: Feature | undefined;
  for (const [feature, weight, pattern] of LINE_FEATURES) {
    if (feature === found || !pattern.test(line)) continue;
    found = feature;
    add(feature, weight);
  }
}

/** Languages by weight; undefined stands for one without a stage. */
function rank(
  weights: ReadonlyMap<Feature, number>,
  named: CodeLanguage | undefined,
): [CodeLanguage | undefined, number][] {
  const of = (feature: Feature): number => weights.get(feature) ?? 0;
  const typed = of('typescript');
  const script = of('ecmascript') + typed;
  const isTyped = typed >= MIN_EXTENSION && typed >= script * EXTENSION_SHARE;
  const hasElements = of('jsx') >= MIN_EXTENSION;
  const native = of('c-family') + of('cpp');
  const isCpp = of('cpp') >= MIN_EXTENSION && of('cpp') >= native * EXTENSION_SHARE;
  const scriptName = isTyped ? (hasElements ? 'tsx' : 'typescript') : 'javascript';
  const scores: [CodeLanguage | undefined, number][] = [
    ['python', of('python')],
    [scriptName, script],
    ['go', of('go')],
    ['rust', of('rust')],
    ['java', of('java')],
    [isCpp ? 'cpp' : 'c', native],
    [undefined, Math.max(...OTHERS.map(of))],
  ];
  return scores.map((score) => withName(score, named)).sort(([, a], [, b]) => b - a);
}

const OTHERS = ['csharp', 'php', 'ruby', 'shell', 'kotlin', 'swift', 'scala', 'lua', 'sql', 'css'] as const;

const FAMILIES: Readonly<Partial<Record<CodeLanguage, string>>> = {
  javascript: 'script',
  typescript: 'script',
  tsx: 'script',
  c: 'native',
  cpp: 'native',
};

/** The language that a file name tells takes the place of its sibling: `.h` files aside, names know better. */
function withName(
  [language, weight]: [CodeLanguage | undefined, number],
  named: CodeLanguage | undefined,
): [CodeLanguage | undefined, number] {
  if (language === undefined || named === undefined) return [language, weight];
  if (language === named) return [named, weight + NAME_WEIGHT];
  const family = FAMILIES[language];
  if (family === undefined || family !== FAMILIES[named]) return [language, weight];
  return [named === 'c' ? language : named, weight + NAME_WEIGHT];
}
