import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `~/.headroom/models.json` and `HEADROOM_MODEL_LIMITS` say of models, parsed, the latter last and so above the
 * former. A fault is added to `faults`.
 */
export function readModelLimits(env: Environment, directory: string, faults: string[]): readonly unknown[] {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const file = home === undefined ? undefined : join(home, '.headroom', 'models.json');
  const value = env['HEADROOM_MODEL_LIMITS'];
  return [
    ...(file !== undefined && existsSync(file) ? parsed(() => readFileSync(file, 'utf8'), file, faults) : []),
    ...(value === undefined || value === ''
      ? []
      : parsed(() => textOf(value, directory), 'HEADROOM_MODEL_LIMITS', faults)),
  ];
}

/** JSON, or the name of a file that holds it. */
function textOf(value: string, directory: string): string {
  return value.trimStart().startsWith('{') ? value : readFileSync(resolve(directory, value), 'utf8');
}

function parsed(read: () => string, name: string, faults: string[]): unknown[] {
  try {
    return [JSON.parse(read())];
  } catch {
    faults.push(`${name} must be a JSON object or the name of a readable file that holds one.`);
    return [];
  }
}
