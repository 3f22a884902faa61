import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './install.js';
import type { PeerKind } from './peer.js';

const VERSION = '2026.8.31';
const SDK = '1.32.2';

interface McpClient {
  connect(transport: unknown): Promise<void>;
  callTool(call: { name: string; arguments: unknown }): Promise<{
    readonly isError?: boolean;
    readonly structuredContent?: { readonly entities?: readonly unknown[] };
  }>;
  close(): Promise<void>;
}

interface ClientPackage {
  readonly Client: new (about: { name: string; version: string }) => McpClient;
}

interface StdioPackage {
  readonly StdioClientTransport: new (options: {
    command: string;
    args: readonly string[];
    env: Readonly<Record<string, string>>;
    stderr: 'ignore';
  }) => unknown;
}

/** The MCP project's own memory server over stdio: a graph of entities, searched for the whole query as a substring. */
export const serverMemory: PeerKind = {
  name: `MCP server-memory ${VERSION}`,
  mode: 'keyword',
  async start() {
    const installed = install(`server-memory-${VERSION}`, {
      '@modelcontextprotocol/server-memory': VERSION,
      '@modelcontextprotocol/sdk': SDK,
    });
    const { Client } = (await installed.load('@modelcontextprotocol/sdk/client')) as ClientPackage;
    const { StdioClientTransport } = (await installed.load(
      '@modelcontextprotocol/sdk/client/stdio.js',
    )) as StdioPackage;
    const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-mcp-'));
    const client = new Client({ name: 'bench', version: '1.0.0' });
    const script = 'node_modules/@modelcontextprotocol/server-memory/dist/index.js';
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [join(installed.folder, script)],
        env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
        stderr: 'ignore',
      }),
    );
    const call = async (name: string, given: unknown) => {
      const answer = await client.callTool({ name, arguments: given });
      if (answer.isError === true) throw new Error(`${name} failed`);
      return answer;
    };
    let count = 0;
    const entity = (text: string) => ({
      name: `memory-${++count}`,
      entityType: 'memory',
      observations: [text],
    });
    const store = async (texts: readonly string[]): Promise<void> => {
      await call('create_entities', { entities: texts.map(entity) });
    };
    return {
      add: (text) => store([text]),
      fill: store,
      search: async (query) =>
        (await call('search_nodes', { query })).structuredContent?.entities?.length ?? 0,
      close: async () => {
        await client.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
