import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Names and their text values, as an environment has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentSource {
  readonly env: Environment;
  /** Relative paths are resolved against it. */
  readonly directory: string;
  /** The variable that names a further file, such as `HEADROOM_CONFIG`. */
  readonly fileVariable: string;
}

/**
 * The environment over the file that `fileVariable` names over `.env` in `directory`. A file holds `NAME=value` lines
 * or one JSON object with the same names. @throws Error that names the file when it cannot be read or parsed.
 */
export function readEnvironment(source: EnvironmentSource): Environment {
  const dotEnv = resolve(source.directory, '.env');
  const fromDotEnv = existsSync(dotEnv) ? readEnvironmentFile(dotEnv) : {};
  const named = source.env[source.fileVariable] ?? fromDotEnv[source.fileVariable];
  const fromFile =
    named === undefined || named === '' ? {} : readEnvironmentFile(resolve(source.directory, named));
  const fromProcess = Object.fromEntries(
    Object.entries(source.env).filter(([, value]) => value !== undefined),
  );
  return { ...fromDotEnv, ...fromFile, ...fromProcess };
}

function readEnvironmentFile(path: string): Environment {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`${path} cannot be read.`, { cause });
  }
  return text.trimStart().startsWith('{') ? parseJsonEnvironment(text, path) : parseEnv(text);
}

function parseJsonEnvironment(text: string, path: string): Environment {
  let json: object;
  try {
    json = JSON.parse(text) as object;
  } catch (cause) {
    throw new Error(`${path} is not valid JSON.`, { cause });
  }
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
