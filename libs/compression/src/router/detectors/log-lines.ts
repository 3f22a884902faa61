import { type Sample, shareOf } from '../sample.js';
import { toolsOf } from './build-output.js';
import { confidenceOf, type Detector, percent } from './detector.js';
import { hasTime } from './line-times.js';

const LEVEL =
  /^\s{0,8}[[(<]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|FINE|ALERT|EMERG)[\])>:]|\s[[(<]?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)[\])>]?[\s:|]|\[(?:info|warn|error|debug|trace|fatal)\]|\blevel=(?:info|warn|error|debug|trace|fatal|warning)\b/;
/** A call on its way to where things broke, as each runtime prints it. */
const FRAMES: readonly RegExp[] = [
  // JavaScript, Java, C#
  /^\s{1,16}at [\w$.<>[\]/ ]{1,200}\(|^\s{1,16}at \S{1,300}:\d{1,7}/,
  // Java's causes, and the exception itself
  /^Caused by: |^\s{1,8}\.\.\. \d{1,5} more|^[\w.$]{1,200}(?:Exception|Error)\b(?::|$)/,
  // Python
  /^Traceback \(most recent|^\s{2}File "[^"]{1,300}", line \d/,
  // Go
  /^goroutine \d|^\t\S{1,300}\.go:\d/,
  // Debuggers, sanitizers, PHP and Dart: a number, then an address or a place, which a build's numbered steps lack.
  /^\s{0,8}#\d{1,4} {1,8}(?:0x[0-9a-f]|\{main\}|\S{1,250}\(\d{1,7}\): )/,
  /^\s{0,8}#\d{1,4} {1,8}\S.{0,250}(?: at \S{1,200}:\d{1,7}| from \/\S{1,200}|:\d{1,7}\))$/,
  // Ruby, Rust
  /^\s{1,16}from \S{1,300}:\d{1,7}:in |^\s{2,8}\d{1,4}: {1,4}\S/,
];
/** With more sentences than this beside each line with a time, dates head the sections of a text. */
const MAX_SENTENCES = 0.5;
const SENTENCE = /^\s{0,8}(?:\S{1,40} ){7}.{0,400}[.!?…"')]$|^(?:\S{1,40} ){25}/;
const MIN_TIMED_SHARE = 0.3;
const MIN_FRAME_SHARE = 0.4;
/** Lines that begin alike but for their numbers make a log, whatever they say. */
const REPEATING_SHARE = 0.5;
const REPEATING_LINES = 20;

/** Lines with a time near their start, lines with a level, stack traces, and what repeats one shape. */
export const detectLog: Detector = (sample) => {
  const { lines, isNumbered } = sample;
  if (isNumbered || lines.length < 3) return undefined;
  // What a build tool writes behind a time stays a build's.
  const tools = toolsOf(lines);
  const isLogged = (line: string, index: number): boolean => tools[index] === undefined && isTimed(line);
  const timed = lines.filter(isLogged).length / lines.length;
  const sentences = shareOf(lines, (line) => SENTENCE.test(line) && !isTimed(line));
  if (timed >= MIN_TIMED_SHARE && sentences <= timed * MAX_SENTENCES)
    return {
      kind: 'log',
      confidence: confidenceOf(timed, 0.6),
      reason: `${percent(timed)} of lines have a time or level`,
    };
  const frames = shareOf(lines, (line) => FRAMES.some((frame) => frame.test(line)));
  if (frames >= MIN_FRAME_SHARE)
    return {
      kind: 'log',
      confidence: confidenceOf(frames, 0.5),
      reason: `${percent(frames)} of lines are a stack trace's`,
    };
  return sentences > REPEATING_SHARE * MAX_SENTENCES ? undefined : repeating(sample);
};

function isTimed(line: string): boolean {
  return hasTime(line) || LEVEL.test(line.slice(0, 200));
}

function repeating({ lines }: Sample): ReturnType<Detector> {
  if (lines.length < REPEATING_LINES) return undefined;
  const shapes = new Set(lines.map(shapeOf));
  const share = 1 - shapes.size / lines.length;
  if (share < REPEATING_SHARE) return undefined;
  return {
    kind: 'log',
    confidence: 0.45 + share * 0.2,
    reason: `${percent(share)} of lines repeat the shape of another`,
  };
}

function shapeOf(line: string): string {
  return line.trim().replace(/\d+/g, '0').split(/\s+/, 3).join(' ');
}
