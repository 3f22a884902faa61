import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

/** A peer that runs in a process of its own, so that its work does not count as the client's. */
export interface Peer {
  readonly url: string;
  stop(): void;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no port.'));
      });
    });
  });
}

/** Starts `node …args` and waits until something answers on its port. */
export async function startPeer(
  args: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Peer> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await waitUntilAnswers(url, child);
  return { url, stop: () => void child.kill('SIGKILL') };
}

async function waitUntilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`The process for ${url} ended with ${child.exitCode}.`);
    const answered = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing answered on ${url} within 15 s.`);
}
