import type { TokenCounter } from '#libs/tokens';
import { median } from '../samples.js';
import { printTable } from '../table.js';
import { conversationsOf, SETS, type Counted } from './cases.js';
import { FITTERS, type Fitter } from './fitters.js';

/** Of the tokens of the finished conversation. */
const BUDGET_SHARE = 0.5;
/** Requests of one conversation that are replayed, its last ones. */
const MOST_REQUESTS = 120;

/** How much of one request is the beginning of the next, where messages must be dropped: what a prompt cache can serve. */
export async function benchmarkPrefixes(counter: TokenCounter): Promise<void> {
  const rows: string[][] = [];
  for (const [set, keepLastTurns] of Object.entries(SETS)) {
    const conversations = conversationsOf(set, counter);
    if (conversations === undefined) return;
    for (const [name, fitter] of Object.entries(FITTERS)) {
      const shares: number[] = [];
      for (const conversation of conversations) {
        shares.push(...(await sharedShares(conversation, keepLastTurns, fitter, counter)));
      }
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      const whole = shares.filter((share) => share === 1).length;
      rows.push([
        set,
        name,
        String(shares.length),
        `${(100 * mean).toFixed(1)}%`,
        `${(100 * median(shares)).toFixed(1)}%`,
        `${((100 * whole) / shares.length).toFixed(1)}%`,
      ]);
    }
  }
  printTable(
    'Bytes of a request that the next one begins with, at half of the tokens',
    ['set', 'way', 'pairs', 'mean', 'median', 'whole'],
    rows,
  );
}

async function sharedShares(
  { messages, costs }: Counted,
  keepLastTurns: number,
  fitter: Fitter,
  counter: TokenCounter,
): Promise<number[]> {
  const total = costs.reduce((sum, cost) => sum + cost, counter.replyTokens);
  const budget = Math.ceil(total * BUDGET_SHARE);
  const ends = [...messages.keys()].filter((index) => messages[index]?.role === 'assistant');
  const shares: number[] = [];
  let last: readonly string[] | undefined;
  for (const end of ends.slice(-MOST_REQUESTS)) {
    const soFar = costs.slice(0, end);
    const isOver = soFar.reduce((sum, cost) => sum + cost, counter.replyTokens) > budget;
    const given = { messages: messages.slice(0, end), costs: soFar, budget, keepLastTurns };
    const fitted = isOver ? await fitter(given, counter) : undefined;
    const now = fitted?.messages.map((message) => JSON.stringify(message));
    if (now !== undefined && last !== undefined) shares.push(sharedShare(last, now));
    last = now;
  }
  return shares;
}

function sharedShare(last: readonly string[], now: readonly string[]): number {
  const differs = last.findIndex((text, index) => text !== now[index]);
  const bytes = (texts: readonly string[]): number =>
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return differs < 0 ? 1 : bytes(last.slice(0, differs)) / bytes(last);
}
