import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../samples.js';
import { measureLearning, printLearning } from './halves.js';
import type { ReadOutput } from './reader.js';

const DATA = join('..', 'shared', 'data', 'search-outputs');
const LINES = 150;
const WANTED = 3;

/** Search results, in pieces; the agent wants a few of the hits, which the question does not name. */
export async function benchmarkLearnedSearches(): Promise<void> {
  if (!existsSync(DATA)) {
    console.log(`\nLearning from searches: skipped, no ${DATA}.`);
    return;
  }
  const pieces = readdirSync(DATA)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => piecesOf(readFileSync(join(DATA, name), 'utf8')));
  const half = Math.ceil(pieces.length / 2);
  const [first, second] = [pieces.slice(0, half).flat(), pieces.slice(half).flat()];
  printLearning('Search results of other repositories than were learned from: wanted hits', [
    await measureLearning('grep', first, second),
  ]);
}

function piecesOf(text: string): ReadOutput[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const random = seededRandom(lines.length);
  const pieces: ReadOutput[] = [];
  for (let start = 0; start + LINES <= lines.length && pieces.length < 6; start += LINES) {
    const piece = lines.slice(start, start + LINES);
    const wanted = Array.from({ length: WANTED }, () => textOf(piece[Math.floor(random() * LINES)] ?? ''));
    pieces.push({ toolName: 'grep', content: piece.join('\n'), wanted });
  }
  return pieces;
}

/** What a hit says, without the place, which results grouped by file tell apart from it. */
function textOf(line: string): string {
  return line.replace(/^[^:]*:\d+:/, '').trim();
}
