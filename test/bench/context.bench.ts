import { loadTokenCounter } from '#libs/tokens';
import { benchmarkEvidence } from './context/evidence.js';
import { benchmarkLatency } from './context/latency.js';
import { benchmarkNeedles } from './context/needles.js';
import { benchmarkPrefixes } from './context/prefixes.js';

/** What of a conversation is left when it must fit: by importance, and beside it by the usual ways. */
export async function benchmarkContext(): Promise<void> {
  const counter = await loadTokenCounter('gpt-4o');
  await benchmarkLatency(counter);
  await benchmarkNeedles(counter);
  await benchmarkEvidence(counter);
  await benchmarkPrefixes(counter);
}
