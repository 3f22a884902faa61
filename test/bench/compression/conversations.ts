import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTools } from '#libs/adapters';
import {
  compressMessages,
  type CompressionOutcome,
  type MessageCache,
  type MessageResult,
  type Pins,
} from '#libs/compression';
import { hashOriginal } from '#libs/ccr';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { quantile, timed } from '../samples.js';
import { ms, printTable } from '../table.js';
import { MODEL, percentSaved } from './measure.js';
import { needlesOf, wholeText, type Needle } from './needles.js';

const DATA = join('..', 'shared', 'data', 'conversations');
const SETS = ['tau-bench-airline', 'swe-agent', 'toolbench', 'pi-session'];
const TARGET = '>= 40% saved, >= 95% kept';
const tools = openTools();

/** What was found in all conversations of a set. */
interface Tally {
  toolsIn: number;
  toolsOut: number;
  promptsIn: number;
  promptsOut: number;
  needles: number;
  kept: number;
  retrievable: number;
  turns: number;
  stableTurns: number;
  readonly times: number[];
}

/**
 * Real agent conversations, turn by turn as a model would be asked: before each message of the assistant the whole
 * conversation so far is compressed, knowing nothing of what comes later.
 */
export async function benchmarkConversations(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`Conversations: skipped, no ${DATA}.`);
    return;
  }
  const counter = await loadTokenCounter(MODEL);
  const rows: string[][] = [];
  for (const set of SETS) {
    rows.push(rowOf(set, await measureSet(set, counter, false)));
    rows.push(rowOf(`${set}, in a session`, await measureSet(set, counter, true)));
  }
  printTable(
    'Agent conversations, online',
    ['set', 'tool in', 'tool out', 'saved', 'needles', 'kept', 'retrievable', 'prompts saved', 'stable prefix', 'p50 ms', 'p95 ms', 'target'], // prettier-ignore
    rows,
  );
}

async function measureSet(set: string, counter: TokenCounter, inSession: boolean): Promise<Tally> {
  const tally: Tally = {
    toolsIn: 0,
    toolsOut: 0,
    promptsIn: 0,
    promptsOut: 0,
    needles: 0,
    kept: 0,
    retrievable: 0,
    turns: 0,
    stableTurns: 0,
    times: [],
  };
  for (const messages of conversationsOf(set)) {
    tally.times.push(await timed(() => compress(messages, counter)));
    await replay(messages, counter, tally, inSession);
  }
  return tally;
}

function conversationsOf(set: string): (readonly Message[])[] {
  return readFileSync(join(DATA, `${set}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { messages: Message[] }).messages);
}

function compress(
  messages: readonly Message[],
  counter: TokenCounter,
  cache?: MessageCache,
  pins?: Pins,
): Promise<CompressionOutcome> {
  return compressMessages({ messages, model: MODEL, pins }, counter, { tools, cache });
}

async function replay(
  messages: readonly Message[],
  counter: TokenCounter,
  tally: Tally,
  inSession: boolean,
): Promise<void> {
  const cache = new Map<string, MessageResult>();
  const needles = needlesOf(messages);
  const stored = new Set<string>();
  let pins: Pins | undefined = inSession ? {} : undefined;
  let last: readonly string[] = [];
  let seen = 0;
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    const outcome = await compress(messages.slice(0, index), counter, cache, pins);
    pins = pins && { ...pins, ...outcome.newPins };
    for (const { hash } of outcome.originals) stored.add(hash);
    for (; seen < index; seen++) countTool(messages[seen], outcome.messages[seen], counter, tally);
    tally.promptsIn += outcome.tokensBefore;
    tally.promptsOut += outcome.tokensAfter;
    countNeedles(
      needles.filter(({ quotedBy }) => quotedBy === index),
      messages,
      outcome,
      stored,
      tally,
    );
    const written = outcome.messages.map((each) => JSON.stringify(each));
    tally.turns += 1;
    if (last.every((text, i) => text === written[i])) tally.stableTurns += 1;
    last = written;
  }
}

function countTool(
  before: Message | undefined,
  after: Message | undefined,
  counter: TokenCounter,
  tally: Tally,
): void {
  if (before?.role !== 'tool' || after === undefined) return;
  tally.toolsIn += counter.countText(wholeText(before));
  tally.toolsOut += counter.countText(wholeText(after));
}

function countNeedles(
  needles: readonly Needle[],
  sent: readonly Message[],
  outcome: CompressionOutcome,
  stored: ReadonlySet<string>,
  tally: Tally,
): void {
  if (needles.length === 0) return;
  const context = outcome.messages.map(wholeText).join('\n');
  for (const { value, source } of needles) {
    tally.needles += 1;
    if (context.includes(value)) tally.kept += 1;
    const content = sent[source]?.content;
    const isStored = typeof content === 'string' && stored.has(hashOriginal(content));
    if (outcome.messages[source] === sent[source] || isStored) tally.retrievable += 1;
  }
}

function rowOf(set: string, tally: Tally): string[] {
  const share = (part: number, whole: number): string =>
    whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
  return [
    set,
    String(tally.toolsIn),
    String(tally.toolsOut),
    percentSaved(tally.toolsIn, tally.toolsOut),
    `${tally.kept}/${tally.needles}`,
    share(tally.kept, tally.needles),
    share(tally.retrievable, tally.needles),
    percentSaved(tally.promptsIn, tally.promptsOut),
    share(tally.stableTurns, tally.turns),
    ms(quantile(tally.times, 0.5)),
    ms(quantile(tally.times, 0.95)),
    TARGET,
  ];
}
