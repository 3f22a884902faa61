import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Kept between runs, outside the project, whose dependencies they are not. */
const CACHE = join(tmpdir(), 'headroom-bench-peers');

/** What was installed for one peer. */
export interface Installed {
  readonly folder: string;
  /** Loads a module by the name that the peer's own code would use. */
  load(name: string): Promise<unknown>;
}

/**
 * Installs packages in a folder of their own, unless they are there from an earlier run.
 * @param dependencies exact versions; the folder's name should change with them.
 * @throws Error where the registry cannot be reached.
 */
export function install(name: string, dependencies: Readonly<Record<string, string>>): Installed {
  const folder = join(CACHE, name);
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const quietly = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', '--prefix', folder, ...quietly], { cwd: folder, stdio: 'ignore' });
    writeFileSync(done, '');
  }
  const { resolve } = createRequire(join(folder, 'package.json'));
  return { folder, load: (module) => import(pathToFileURL(resolve(module)).href) as Promise<unknown> };
}
