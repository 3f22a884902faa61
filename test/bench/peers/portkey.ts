import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startPeer, type Peer } from './process.js';

const folder = join('node_modules', '.cache', 'bench-peers', 'portkey');
const entry = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
const versions = { '@portkey-ai/gateway': '1.15.2', hono: '4.9.7', '@hono/node-server': '1.13.5' };

/** Portkey's gateway, installed on demand beside the project; null where the registry cannot be reached. */
export async function startPortkey(): Promise<Peer | null> {
  try {
    if (!existsSync(entry)) install();
    const port = await freePort();
    return await startPeer([entry, `--port=${port}`, '--headless'], port);
  } catch (error) {
    console.log(
      `(without @portkey-ai/gateway: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''})`,
    );
    return null;
  }
}

function install(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: versions,
      overrides: { hono: '$hono', '@hono/node-server': '$@hono/node-server' },
    }),
  );
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'ignore',
  });
}
