import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { JobLoad } from '#libs/kernel';

const SECONDS = [0.01, 0.1, 1, 10, 60, 300];
const STATES = ['waiting', 'running', 'delayed', 'failed'] as const;
const FAILURES = ['failed', 'given_up'] as const;
type Outcome = 'done' | (typeof FAILURES)[number];

/**
 * How the jobs of one process go, and how those of the whole queue stand. Job names are the server's own, and few. The label is
 * not `job`, which Prometheus gives to what it scrapes.
 */
export class JobMetrics {
  private readonly duration: Histogram<'name' | 'outcome'>;
  private readonly failures: Counter<'name' | 'outcome'>;
  private readonly jobs: Gauge<'name' | 'state'>;
  private readonly oldest: Gauge<'name'>;
  private readonly up: Gauge;
  private readonly known = new Set<string>();
  private load: () => Promise<readonly JobLoad[]> = () => Promise.resolve([]);

  constructor(registry: Registry) {
    const registers = [registry];
    this.duration = new Histogram({
      name: 'headroom_job_duration_seconds',
      help: 'How long attempts at background jobs took in this process.',
      labelNames: ['name', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.failures = new Counter({
      name: 'headroom_job_failures_total',
      help: 'Attempts in this process that failed and are tried again (failed), or were the last one (given_up).',
      labelNames: ['name', 'outcome'],
      registers,
    });
    this.jobs = new Gauge({
      name: 'headroom_jobs',
      help: 'Background jobs of the whole queue: waiting, running, delayed, or failed for good.',
      labelNames: ['name', 'state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'headroom_job_oldest_seconds',
      help: 'For how long the oldest waiting background job has been due.',
      labelNames: ['name'],
      registers,
    });
    this.up = new Gauge({
      name: 'headroom_queue_up',
      help: 'Whether the queue of background jobs answers.',
      registers,
    });
  }

  observe(name: string, outcome: Outcome, seconds: number): void {
    this.introduce(name);
    this.duration.observe({ name, outcome }, seconds);
    if (outcome !== 'done') this.failures.inc({ name, outcome });
  }

  /** @param load must answer or fail within a second or two. */
  watch(load: () => Promise<readonly JobLoad[]>): void {
    this.load = load;
  }

  /** Asks the queue how it stands. What it does not tell is left out, never shown as it was. */
  async refresh(): Promise<void> {
    const loads = await this.load().catch(() => undefined);
    this.jobs.reset();
    this.oldest.reset();
    this.up.set(loads === undefined ? 0 : 1);
    loads?.forEach((load) => {
      this.show(load);
    });
  }

  private show(load: JobLoad): void {
    for (const state of STATES) this.jobs.set({ name: load.name, state }, load[state]);
    this.oldest.set({ name: load.name }, load.oldestMs / 1000);
    this.introduce(load.name);
  }

  /** Begins with zeros, so that the first failure is a rise. */
  private introduce(name: string): void {
    if (this.known.has(name)) return;
    this.known.add(name);
    this.duration.zero({ name, outcome: 'done' });
    for (const outcome of FAILURES) this.failures.inc({ name, outcome }, 0);
  }
}
