import type { CheckResult } from './readiness.js';

export interface HealthReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
  readonly version: string;
  readonly now: Date;
  readonly uptimeSeconds: number;
  readonly mode: string;
  readonly store: string;
}

export function toHealth(report: HealthReport): Record<string, unknown> {
  return {
    service: 'headroom',
    status: report.ready ? 'healthy' : 'unhealthy',
    ready: report.ready,
    version: report.version,
    timestamp: report.now.toISOString(),
    uptime_seconds: Math.round(report.uptimeSeconds * 1000) / 1000,
    checks: report.checks,
    runtime: { node: process.version, platform: process.platform, pid: process.pid },
    config: { mode: report.mode, store: report.store },
  };
}

export function toReadiness(report: Pick<HealthReport, 'ready' | 'checks'>): Record<string, unknown> {
  return { status: report.ready ? 'ready' : 'not_ready', ready: report.ready, checks: report.checks };
}
