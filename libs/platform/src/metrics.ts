import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** One handled request, as the metrics see it. */
export interface ObservedRequest {
  readonly mode: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly latencyMs: number;
}

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RATIO_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** The process's metrics under the names that Headroom documents, beside the usual ones of a Node process. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'headroom_requests_total',
    help: 'Requests that were optimized, audited, simulated or passed through.',
    labelNames: ['mode'] as const,
    registers: [this.registry],
  });
  private readonly tokensSaved = new Counter({
    name: 'headroom_tokens_saved_total',
    help: 'Prompt tokens that were not sent.',
    registers: [this.registry],
  });
  private readonly compressionRatio = new Histogram({
    name: 'headroom_compression_ratio',
    help: 'Tokens after over tokens before.',
    buckets: RATIO_BUCKETS,
    registers: [this.registry],
  });
  private readonly latency = new Histogram({
    name: 'headroom_latency_seconds',
    help: 'Time from request to answer, the provider included.',
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });
  private readonly cacheHits = new Counter({
    name: 'headroom_cache_hits_total',
    help: 'Answers given from a cache.',
    registers: [this.registry],
  });
  private readonly cacheMisses = new Counter({
    name: 'headroom_cache_misses_total',
    help: 'Answers looked for in a cache in vain.',
    registers: [this.registry],
  });
  private readonly storeLatency = new Gauge({
    name: 'headroom_store_latency_seconds',
    help: 'How long the store took to answer the last probe.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest(request: ObservedRequest): void {
    this.requests.inc({ mode: request.mode });
    this.latency.observe(request.latencyMs / 1000);
    if (request.tokensBefore <= 0) return;
    this.tokensSaved.inc(Math.max(0, request.tokensBefore - request.tokensAfter));
    this.compressionRatio.observe(request.tokensAfter / request.tokensBefore);
  }

  observeCache(outcome: 'hit' | 'miss'): void {
    (outcome === 'hit' ? this.cacheHits : this.cacheMisses).inc();
  }

  observeStore(seconds: number): void {
    this.storeLatency.set(seconds);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
