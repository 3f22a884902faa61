import { openTools } from '#libs/adapters';
import {
  compressMessages,
  type CompressionOutcome,
  type CompressionSettings,
  type MessageReport,
} from '#libs/compression';
import type { Message } from '#libs/kernel';
import { loadTokenCounter } from '#libs/tokens';
import { quantile, timed } from '../samples.js';

export const MODEL = 'gpt-4o';
const tools = openTools();

/** What became of one tool result, alone in a conversation with a question before it. */
export interface Measured {
  readonly output: string;
  readonly report: MessageReport;
  readonly outcome: CompressionOutcome;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

/** Compresses a text as the result of a tool; nothing is remembered from one call to the next. */
export async function compressText(
  text: string,
  query = '',
  config: CompressionSettings = {},
): Promise<Measured> {
  const messages: Message[] = [
    { role: 'user', content: query },
    { role: 'tool', tool_call_id: 'call_1', content: text },
  ];
  const outcome = await compressConversation(messages, config);
  const report = outcome.reports[1];
  if (report === undefined) throw new Error('The pipeline gave no report.');
  const counter = await loadTokenCounter(MODEL);
  const content = outcome.messages[1]?.content;
  const output = typeof content === 'string' ? content : '';
  return {
    output,
    report,
    outcome,
    tokensIn: counter.countText(text),
    tokensOut: counter.countText(output),
  };
}

export async function compressConversation(
  messages: readonly Message[],
  config: CompressionSettings = {},
): Promise<CompressionOutcome> {
  return compressMessages({ messages, model: MODEL, config }, await loadTokenCounter(MODEL), { tools });
}

export interface Timing {
  readonly p50: number;
  readonly p95: number;
}

/** Milliseconds of `runs` calls after `warmUps` that are not counted. */
export async function timing(work: () => Promise<unknown>, runs = 15, warmUps = 5): Promise<Timing> {
  for (let i = 0; i < warmUps; i++) await work();
  const samples: number[] = [];
  for (let i = 0; i < runs; i++) samples.push(await timed(work));
  return { p50: quantile(samples, 0.5), p95: quantile(samples, 0.95) };
}

export const percentSaved = (tokensIn: number, tokensOut: number): string =>
  tokensIn === 0 ? '-' : `${(100 * (1 - tokensOut / tokensIn)).toFixed(1)}%`;
