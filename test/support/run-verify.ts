import { execFile } from 'node:child_process';
import { join } from 'node:path';

const VERIFY = join(import.meta.dirname, '../../dist/apps/server/src/verify.js');

/** Runs the built `verify` on the store that the settings name. */
export function runVerify(
  settings: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [VERIFY, ...args],
      { env: { PATH: process.env['PATH'], ...settings } },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}
