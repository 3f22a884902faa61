import type { Message } from '#libs/kernel';
import { compressibleTexts } from '../message-texts.js';
import { argumentsOf, type CalledTool, ToolCalls } from '../tool-calls.js';

const PATH_KEYS = [
  'path',
  'file_path',
  'filepath',
  'filePath',
  'file',
  'filename',
  'file_name',
  'notebook_path',
];
/** Arguments that ask for a part of a file. */
const PART_KEYS = [
  'offset',
  'limit',
  'start',
  'end',
  'start_line',
  'end_line',
  'line_number',
  'view_range',
  'range',
];
const WRITES = /(?:^|[_\W])(?:edit|write|create|replace|insert|patch|update|append|delete|overwrite)/i;

interface Answered {
  readonly index: number;
  readonly call: CalledTool;
  /** The call with its arguments in one order. */
  readonly key: string;
  readonly path: string | undefined;
  readonly isPart: boolean;
}

/**
 * The messages whose tool results no longer say how things are: the same call was answered again later, or they show a
 * file that was read as a whole or written later. When room is short they are the first to go.
 */
export function supersededResults(messages: readonly Message[]): ReadonlySet<number> {
  const calls = new ToolCalls(messages);
  const perMessage = messages.map((message, index) =>
    compressibleTexts(message, false).map(({ toolCallId }) =>
      answered(calls.callOf(toolCallId, index), index),
    ),
  );
  const superseded = new Set<number>();
  const laterKeys = new Set<string>();
  const laterPaths = new Set<string>();
  for (const results of perMessage.toReversed()) {
    const known = results.filter((result) => result !== undefined);
    const isStale = ({ key, path, call }: Answered): boolean =>
      laterKeys.has(key) || (path !== undefined && !WRITES.test(call.name) && laterPaths.has(path));
    const [first] = known;
    if (first !== undefined && known.length === results.length && known.every(isStale))
      superseded.add(first.index);
    for (const { key, path, isPart, call } of known) {
      laterKeys.add(key);
      if (path !== undefined && (!isPart || WRITES.test(call.name))) laterPaths.add(path);
    }
  }
  return superseded;
}

function answered(call: CalledTool | undefined, index: number): Answered | undefined {
  if (call === undefined) return undefined;
  const given = argumentsOf(call);
  const entries: [string, unknown][] =
    typeof given === 'object' && given !== null ? Object.entries(given as Record<string, unknown>) : [];
  const path = entries.find(([key, value]) => PATH_KEYS.includes(key) && typeof value === 'string')?.[1];
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    index,
    call,
    key: JSON.stringify([call.name, sorted]),
    path: typeof path === 'string' ? path : undefined,
    isPart: entries.some(([key]) => PART_KEYS.includes(key)),
  };
}
