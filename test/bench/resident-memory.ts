import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process holds in memory, in MB. */
export function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** In MB: what a process holds itself, and the pages of mapped files, which the system takes back when it needs them. */
export interface ResidentParts {
  readonly anonymous: number;
  readonly file: number;
}

/** Reads `/proc`, so on Linux alone. */
export function residentParts(pid: number): ResidentParts {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const part = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { anonymous: part('RssAnon'), file: part('RssFile') };
}
