import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { JobLoad } from '#libs/kernel';
import { JobMetrics } from './job-metrics.js';

/** One handled request, as the metrics see it. */
export interface ObservedRequest {
  readonly mode: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly latencyMs: number;
}

/** One HTTP answer. */
export interface ObservedAnswer {
  readonly method: string;
  /** The route's pattern, never the address that was asked for. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const RATIO_BUCKETS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Fewer, since there is one histogram per route. */
const HTTP_BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 60];
const STORE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** Known beforehand, so that each begins with 0 and its first request is a rise. */
const MODES = ['optimize', 'audit', 'simulate', 'passthrough'];

/**
 * The process's metrics under the names that Headroom documents, beside the usual ones of a Node process (memory, CPU,
 * event loop). Every label has few values, all of them the server's own: no ids, models or tenants.
 */
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
  private readonly answers = new Histogram({
    name: 'headroom_http_request_duration_seconds',
    help: 'Time from request to the end of its answer, streams included, by route and class of status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: HTTP_BUCKETS,
    registers: [this.registry],
  });
  private readonly storeLatency = new Histogram({
    name: 'headroom_store_latency_seconds',
    help: "Time of one unit of work in the store, its turn or connection included: a tenant's read or write, or access (keys, tenants, turns).",
    labelNames: ['operation'] as const,
    buckets: STORE_BUCKETS,
    registers: [this.registry],
  });
  private readonly jobs = new JobMetrics(this.registry);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const mode of MODES) this.requests.inc({ mode }, 0);
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

  observeAnswer({ method, route, status, seconds }: ObservedAnswer): void {
    this.answers.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  observeStore(operation: 'read' | 'write' | 'access', seconds: number): void {
    this.storeLatency.observe({ operation }, seconds);
  }

  observeJob(name: string, outcome: 'done' | 'failed' | 'given_up', seconds: number): void {
    this.jobs.observe(name, outcome, seconds);
  }

  /** @param load is asked with every scrape how the queue stands; it must answer or fail within a second or two. */
  watchJobs(load: () => Promise<readonly JobLoad[]>): void {
    this.jobs.watch(load);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    await this.jobs.refresh();
    return this.registry.metrics();
  }
}
