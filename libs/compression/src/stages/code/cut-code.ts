import type { CodeConfig } from '../../compression-config.js';
import { askedFunctions } from './asked-functions.js';
import {
  applyEdits,
  type CodeEdit,
  countBlanks,
  type EditedCode,
  type NumberedCode,
  orderedEdits,
  weightAfter,
} from './code-edits.js';
import type { CodeGrammar } from './code-grammar.js';
import type { CodeParsing, ParsedCode } from './parse-code.js';
import type { SyntaxRange } from './syntax-parser.js';
import { Skeleton } from './skeleton.js';
import { fullerLevels, SHORTEST, type SkeletonLevel } from './skeleton-levels.js';

export interface CutOptions {
  readonly config: CodeConfig;
  readonly query: string;
  readonly relevanceThreshold: number;
}

/** How often code that no longer parses gets back the bodies that its errors stand next to. */
const MAX_REPAIRS = 4;

/** A form that keeps more than this is not worth its marker. */
const MAX_RATE = 0.75;

/**
 * Cuts bodies until the code is about as short as asked for, and checks that it parses as well as before.
 * @returns undefined where nothing can be cut.
 */
export async function cutCode(
  numbered: NumberedCode,
  parsed: ParsedCode,
  parsing: CodeParsing,
  options: CutOptions,
): Promise<EditedCode | undefined> {
  let edits = editsFor(numbered.code, parsed, options);
  for (let repair = 0; repair < MAX_REPAIRS; repair++) {
    if (edits.length === 0) return undefined;
    const edited = applyEdits(numbered, edits);
    const errors = await parsing.errorsOf(edited.code, parsed);
    if (errors === undefined) return undefined;
    if (errors.length <= parsed.tree.errors.length) return edited;
    edits = withoutFaulty(edits, edited, errors);
  }
  return undefined;
}

function editsFor(code: string, { tree, grammar, frame }: ParsedCode, options: CutOptions): CodeEdit[] {
  const { config } = options;
  const whole = frame.head + code + frame.tail;
  const plan = {
    grammar,
    config,
    keptFunctions: askedFunctions(whole, tree.root, grammar, options.query, options.relevanceThreshold),
    unwanted: unwantedTypes(grammar, config),
  };
  const blanks = countBlanks(code);
  const enough =
    (code.length - (blanks[code.length] ?? 0)) * Math.min(config.targetCompressionRate, MAX_RATE);
  const cutTo = (level: SkeletonLevel): CodeEdit[] => {
    const found = new Skeleton(whole, plan, level).editsOf(tree.root);
    return orderedEdits(withinWindow(found, whole, code.length, frame.head.length));
  };
  // Most code is longer than asked for even at its shortest: the fuller forms need not be tried.
  const shortest = cutTo(SHORTEST);
  if (weightAfter(blanks, code.length, shortest) > enough) return shortest;
  for (const level of fullerLevels(config)) {
    const fuller = cutTo(level);
    if (weightAfter(blanks, code.length, fuller) <= enough) return fuller;
  }
  return shortest;
}

/** Edits as they fall into the code itself; what begins in the lines put before it stands at its start. */
function withinWindow(edits: readonly CodeEdit[], whole: string, length: number, offset: number): CodeEdit[] {
  if (offset === 0 && whole.length === length) return [...edits];
  return edits.flatMap((edit) => {
    const start = edit.start - offset;
    const end = Math.min(edit.end - offset, length);
    if (start >= 0) return start < length ? [{ ...edit, start, end }] : [];
    const isCutFromStart =
      end > 0 && edit.text.startsWith('\n') && whole.slice(edit.start, offset).trim() === '';
    return isCutFromStart ? [{ ...edit, start: 0, end, text: edit.text.slice(1) }] : [];
  });
}

export function unwantedTypes(grammar: CodeGrammar, config: CodeConfig): ReadonlySet<string> {
  return new Set([
    ...(config.preserveImports ? [] : grammar.imports),
    // A decorator has no place without the function under it.
    ...(config.preserveDecorators && config.preserveSignatures ? [] : grammar.decorators),
    ...(config.preserveTypeAnnotations ? [] : grammar.annotations),
  ]);
}

/** Leaves out all edits of the functions that errors stand in or after. */
function withoutFaulty(
  edits: readonly CodeEdit[],
  { offsets }: EditedCode,
  errors: readonly SyntaxRange[],
): CodeEdit[] {
  const faulty = new Set<CodeEdit>();
  const owners = new Set<number>();
  for (const { start } of errors) {
    const index = offsets.findLastIndex((offset) => offset <= start + 1);
    const edit = edits[Math.max(0, index)];
    if (edit === undefined) continue;
    faulty.add(edit);
    if (edit.owner !== undefined) owners.add(edit.owner);
  }
  return edits.filter((edit) => !faulty.has(edit) && (edit.owner === undefined || !owners.has(edit.owner)));
}
