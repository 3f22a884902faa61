import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase, SQLITE_FILE, SqlMemoryAudit } from '#libs/adapters';
import { HeadroomError } from '#libs/kernel';
import type { AuditCheck, AuditFinding } from '#libs/memory';
import { ConfigurationFaults, readConfig } from './config/read-config.js';
import type { ServerConfig } from './config/server-config.js';

/**
 * `npm run verify [-- --repair]`: checks the store that this configuration names. Without `--repair` it only looks; with
 * it, tables are brought up to date and what is derived is mended. Counts go to stdout, progress to stderr. Exit code 0: sound, or mended; 1: faults are left; 2: it could not run.
 */
const SOUND = 0;
const FAULTY = 1;
const NOT_RUN = 2;
const PROGRESS_EVERY_MS = 2_000;

try {
  process.exitCode = await verify();
} catch (error) {
  process.exitCode = NOT_RUN;
  const isExpected = error instanceof ConfigurationFaults || error instanceof HeadroomError;
  const message =
    error instanceof Error ? ((isExpected ? undefined : error.stack) ?? error.message) : String(error);
  process.stderr.write(`${message}\n`);
}

async function verify(): Promise<number> {
  const repair = wantsRepair();
  const migrations = repair ? 'apply' : 'require';
  const database = await openDatabase({ ...storeOf(readConfig().config), migrations });
  try {
    const findings = await new SqlMemoryAudit(database).run(repair, progressLines());
    process.stdout.write(`${database.describe().location}\n${findings.map(lineOf).join('\n')}\n`);
    const left = findings.reduce((sum, { faults, repaired }) => sum + faults - repaired, 0);
    process.stdout.write(left === 0 ? 'The store is sound.\n' : `${left} faults are left.\n`);
    return left === 0 ? SOUND : FAULTY;
  } finally {
    await database.close();
  }
}

function wantsRepair(): boolean {
  try {
    return parseArgs({ options: { repair: { type: 'boolean', default: false } } }).values.repair;
  } catch (cause) {
    throw new HeadroomError('configuration_error', 'Usage: npm run verify [-- --repair]', {}, { cause });
  }
}

/** @throws HeadroomError `configuration_error` where there is no store to check: opening would make an empty one. */
function storeOf({ storage: { storeUrl, dataDir } }: ServerConfig): Parameters<typeof openDatabase>[0] {
  if (storeUrl !== undefined) return { kind: 'postgres', url: storeUrl };
  if (existsSync(join(dataDir, SQLITE_FILE))) return { kind: 'sqlite', dataDir };
  throw new HeadroomError('configuration_error', `There is no store in ${dataDir}. Set HEADROOM_DATA_DIR.`);
}

function progressLines(): (check: AuditCheck, checked: number) => void {
  let toldAt = performance.now();
  return (check, checked) => {
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    process.stderr.write(`${check}: ${checked} checked …\n`);
  };
}

function lineOf({ check, checked, faults, repaired, examples, remedy }: AuditFinding): string {
  const counted = `${check.padEnd(16)} ${String(checked).padStart(9)} checked`;
  if (faults === 0) return `${counted}, sound`;
  return `${counted}, ${faults} faults, ${repaired} mended (${examples.join(', ')}); ${remedy}`;
}
