import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** The built server as a process of its own. */
export interface SpawnedServer {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Everything it has written so far, to both of its outputs. */
  output(): string;
  /** Ends it as an operator would, and removes a data folder that was made for it. @returns its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would; its data folder stays. */
  kill(): Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../dist/apps/server/src/main.js');
const READY_WITHIN_MS = 30_000;

/**
 * Starts `dist/` on a free port of 127.0.0.1 with an empty data folder, and resolves when it is ready.
 * @param environment on top of this process's own, without any of its `HEADROOM_*` and provider settings.
 */
export async function spawnServer(
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedServer> {
  const dataDir = environment['HEADROOM_DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'headroom-server-'));
  const port = Number(environment['HEADROOM_PORT'] ?? (await freePort()));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...withoutSettings(process.env),
      HEADROOM_HOST: '127.0.0.1',
      HEADROOM_EMBEDDER: 'none',
      HEADROOM_MODEL_DOWNLOAD: 'off',
      ...environment,
      HEADROOM_PORT: String(port),
      HEADROOM_DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'exit');
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (!(await isReady(url, hasExited))) {
    await end('SIGKILL');
    throw new Error(`The server was not ready; build it with \`npm run build\`. It said:\n${output}`);
  }
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    output: () => output,
    stop: async () => {
      await end('SIGTERM');
      if (environment['HEADROOM_DATA_DIR'] === undefined) rmSync(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
    kill: () => end('SIGKILL'),
  };
}

async function isReady(url: string, hasExited: () => boolean): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && !hasExited()) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

const SETTINGS = /^(HEADROOM_|OPENAI_|ANTHROPIC_|GEMINI_|OLLAMA_)/;

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SETTINGS.test(name)));
}
