import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join('node_modules', '.cache', 'bench-peers', 'toon');
const entry = join(folder, 'node_modules', '@toon-format', 'toon', 'dist', 'index.mjs');
const versions = { '@toon-format/toon': '4.4.0' };

/** TOON's encoder, installed on demand beside the project; undefined where the registry cannot be reached. */
export async function loadToon(): Promise<((value: unknown) => string) | undefined> {
  try {
    if (!existsSync(entry)) install();
    const { encode } = (await import(pathToFileURL(resolve(entry)).href)) as {
      encode: (value: unknown) => string;
    };
    return encode;
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split('\n');
    console.log(`(without @toon-format/toon: ${reason})`);
    return undefined;
  }
}

function install(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'ignore',
  });
}
