import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastUserText, type Message } from '#libs/kernel';
import { needlesOf } from '../compression/needles.js';
import { measureLearning, printLearning, type Measured } from './halves.js';
import type { ReadOutput } from './reader.js';

const DATA = join('..', 'shared', 'data', 'conversations');
const SETS = ['tau-bench-airline', 'swe-agent', 'pi-session'];
/** Shorter results are never compressed. */
const LONG = 1_000;

/** Tool results of real conversations; what is wanted of each is what the agent quotes later. */
export async function benchmarkLearnedConversations(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`\nLearning from conversations: skipped, no ${DATA}.`);
    return;
  }
  const measured: Measured[] = [];
  for (const set of SETS) {
    const outputs = conversationsOf(set).flatMap(outputsOf);
    const half = Math.floor(outputs.length / 2);
    measured.push(await measureLearning(set, outputs.slice(0, half), outputs.slice(half)));
  }
  printLearning('Tool results of conversations: values that the agent quotes later', measured);
}

function conversationsOf(set: string): readonly (readonly Message[])[] {
  return readFileSync(join(DATA, `${set}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { messages: Message[] }).messages);
}

function outputsOf(messages: readonly Message[]): ReadOutput[] {
  const needles = needlesOf(messages);
  return messages.flatMap((message, index): ReadOutput[] => {
    if (message.role !== 'tool' || typeof message.content !== 'string' || message.content.length < LONG)
      return [];
    return [
      {
        toolName: toolNameOf(messages, message),
        content: message.content,
        question: lastUserText(messages.slice(0, index)),
        wanted: needles.filter(({ source }) => source === index).map(({ value }) => value),
      },
    ];
  });
}

function toolNameOf(messages: readonly Message[], result: Message): string {
  const calls = messages.flatMap(({ tool_calls: made }) => made ?? []);
  return calls.find(({ id }) => id === result.tool_call_id)?.function.name ?? 'tool';
}
