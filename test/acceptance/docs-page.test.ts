import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../support/services.js';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.js';

const chromium = addressOf('Chromium');

describe.skipIf(chromium === undefined)('the documentation page in a browser', () => {
  let server: SpawnedServer;
  const profile = mkdtempSync(join(tmpdir(), 'headroom-browser-'));

  beforeAll(async () => {
    server = await spawnServer();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(profile, { recursive: true, force: true });
  });

  it('renders the routes from the served document, without reaching any other host', async () => {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
    ];
    const { stdout } = await promisify(execFile)(
      chromium ?? '',
      [
        ...flags,
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        `--user-data-dir=${profile}`,
        '--virtual-time-budget=20000',
        '--dump-dom',
        `${server.url}/docs`,
      ],
      { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
    );
    expect(stdout).toContain('/v1/memories');
    expect(stdout).toContain('/v1/chat/completions');
    expect(stdout).toContain('opblock');
  });
});
