import { keepResult } from './json-result.js';
import { measureCrowd } from './handoff/crowd.js';
import { startCluster, startEmbedded, type Deployment } from './handoff/deployments.js';
import { measureLatency } from './handoff/latency.js';
import { measureSavings } from './handoff/savings.js';

/**
 * What agents pay for working together: each step of a handoff, many agents on one context and what the stream of
 * events tells of them, on one server and on two; and what a receiver saves on real tool outputs.
 */
export async function benchmarkHandoff(): Promise<void> {
  const figures: Record<string, unknown> = {};
  for (const start of [startEmbedded, startCluster]) {
    const deployment: Deployment | undefined = await start();
    if (deployment === undefined) continue;
    try {
      figures[deployment.name] = {
        latency: await measureLatency(deployment),
        crowd: await measureCrowd(deployment),
      };
      if (start === startEmbedded) figures['savings'] = await measureSavings(deployment);
    } finally {
      await deployment.stop();
    }
  }
  keepResult('handoff', figures);
}
