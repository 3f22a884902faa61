import { detectLanguage } from '../../stages/code/detect-language.js';
import type { DetectedContent } from '../content-kind.js';
import { type Sample, shareOf, withoutFenced } from '../sample.js';
import { type Detector, percent } from './detector.js';

const STATEMENT =
  /^\s*(?:import |from \S+ import|export |(?:public|private|protected|internal|static|final|async|abstract|virtual|override|inline|extern|typedef|template|unsafe|pub|impl|trait|enum|struct|union|interface|type|namespace|module|use|mod|def|class|function|func|fn|const|let|var|val|package|using|return|elif|else|try|catch|except|finally|raise|throw|await|yield|switch|case|default|break|continue|defer|go|select|match|loop|do|end|require|include|echo|local|fi|done|esac)\b[^.?!]{0,300}$|#\s{0,4}(?:include|define|ifn?def|endif|pragma|undef|if|else)\b|(?:if|for|while|switch|foreach|elsif|unless|with|catch)\s?\(|(?:if|for|while|with) .{1,200}:$|@[\w.]+(?:\(.{0,200})?$|[{}()[\];,]{1,6}\s*$|"""|''')|[;{]\s*(?:\/\/.{0,200}|\/\*.{0,200})?$|\)\s*(?:=>|->)|^\s*[\w.$\]['"[]{1,80}\s?(?:[-+*/|&%:.]|<<|>>|\*\*)?=\s?\S|^\s*[\w.$:>!?-]{1,100}\(.{0,300}\)[;,]?\s*\\?$|^\s{2,}["'\w.$-]{1,60}:\s.{0,200},$|^\s{2,}["'`].{0,300}["'`][,)]{0,3}$|^\s*\w[\w.]{0,80}\($|[=(&|+]$/;
const COMMENT = /^\s*(?:\/\/|\/\*|\*(?:[\s/]|$)|--\s|#!|#(?:\s|$)|;;|<!--)/;
const SENTENCE = /^\s{0,3}(?:[-*] )?[A-Z"'“(]?[\p{L}'’]+(?:[,;:]?\s+[\p{L}\p{N}'’"“”()-]+){5,}/u;
const MIN_KNOWN_SHARE = 0.3;
const MIN_SHARE = 0.45;
/** Long lines full of brackets and semicolons are a program without its line ends. */
const MINIFIED_LINE = 300;
const SETTINGS: readonly [string, RegExp, number][] = [
  [
    'YAML',
    /^\s*(?:- )*(?:[\w./"'$<{-][\w./"' $<>{}-]{0,80}:(?:\s+\S.{0,300})?|- [^.!?]{1,200}|---|#.{0,300})$/,
    0.85,
  ],
  [
    'INI or TOML',
    /^\s*(?:\[{1,2}[\w. "'/:*@-]{1,100}\]{1,2}|[\w."'-]{1,80}\s?=\s?.{0,300}|[#;].{0,300}|["'\]}].{0,200})$/,
    0.9,
  ],
];

/** Source code: by its language where that is known, otherwise by the shape of its lines. */
export const detectSourceCode: Detector = (sample) => {
  const { head } = sample;
  const lines = withoutFenced(sample.lines);
  // Line numbers with gaps between them are those of a search.
  if (!sample.isNumbered && shareOf(lines, (line) => /^\d{1,7}[:-]/.test(line)) > 0.8) return undefined;
  if (lines.length < 3) return minified(sample);
  const statements = shareOf(lines, (line) => STATEMENT.test(line) || COMMENT.test(line));
  const sentences = shareOf(
    lines,
    (line) => SENTENCE.test(line) && !STATEMENT.test(line) && !COMMENT.test(line),
  );
  const mayBeKnown = statements >= MIN_KNOWN_SHARE && statements > sentences;
  const language = mayBeKnown ? detectLanguage(head) : undefined;
  if (language !== undefined) {
    const confidence = 0.6 + 0.19 * Math.min(1, statements / 0.6) + 0.2 * language.confidence;
    return {
      kind: 'code',
      confidence,
      reason: `${language.language}: ${percent(statements)} of lines are statements`,
      language: language.language,
    };
  }
  return settings(sample) ?? unknownLanguage(statements, sentences) ?? minified(sample);
};

function unknownLanguage(statements: number, sentences: number): DetectedContent | undefined {
  if (statements < MIN_SHARE || statements < sentences * 2) return undefined;
  return {
    kind: 'code',
    confidence: 0.5 + 0.4 * statements,
    reason: `${percent(statements)} of lines are statements`,
  };
}

function settings({ lines }: Sample): DetectedContent | undefined {
  if (lines.length < 5) return undefined;
  for (const [name, pattern, enough] of SETTINGS) {
    const share = shareOf(lines, (line) => pattern.test(line));
    const isNested = lines.some((line) => /^\s{1,24}\S|^\[/.test(line));
    if (share < enough || !isNested || shareOf(lines, (line) => /[:=]/.test(line)) < 0.5) continue;
    return { kind: 'code', confidence: 0.85 * share, reason: `settings in ${name}` };
  }
  return undefined;
}

function minified({ lines }: Sample): DetectedContent | undefined {
  const line = lines.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (line.length < MINIFIED_LINE) return undefined;
  const signs = (line.match(/[;{}()=,]/g) ?? []).length / line.length;
  const isScript = /\bfunction\b|=>|\bvar \w|\bconst \w|\breturn\b|\{[a-z-]{2,30}:[^;{}]{1,80};/.test(line);
  if (signs < 0.08 || !isScript) return undefined;
  return { kind: 'code', confidence: 0.85, reason: 'minified script or style sheet' };
}
