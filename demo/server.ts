import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DemoModel } from './demo-model.js';

export interface DemoServer {
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Starts the built server on a free port, on the demo's own data folder, in front of the demo's model. */
export async function startServer(dataDir: string, model: DemoModel): Promise<DemoServer> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', 'dist', 'apps', 'server', 'src', 'main.js')],
    {
      env: {
        // Each run starts on an empty folder, and tells its story by keywords.
        HEADROOM_MODEL_DOWNLOAD: 'off',
        ...process.env,
        HEADROOM_HOST: '127.0.0.1',
        HEADROOM_PORT: String(port),
        HEADROOM_DATA_DIR: dataDir,
        HEADROOM_LOG_LEVEL: 'warn',
        OPENAI_TARGET_API_URL: model.origin,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error('The server stopped at start; its message stands above.');
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) {
      return {
        url,
        kill: async () => {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error('The server was not ready within 10 s.');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
