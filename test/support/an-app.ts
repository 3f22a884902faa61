import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readConfig } from '../../apps/server/src/config/read-config.js';
import { createApp } from '../../apps/server/src/create-app.js';
import type { PortOverrides } from '../../apps/server/src/ports/ports.module.js';

export interface JsonReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body; without fields where it is no JSON. */
  readonly body: JsonBody;
}

/** A JSON object. */
export type JsonBody = Readonly<Record<string, unknown>>;

/** The application in this process, on an empty data folder of its own. */
export interface AnApp {
  readonly app: NestFastifyApplication;
  /** @param body sent as JSON; a string is sent as it stands. */
  send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<JsonReply>;
  close(): Promise<void>;
}

/** How long an event stream, which does not end by itself, is listened to. */
const FIRST_EVENTS_MS = 200;

async function textOf(stream: Readable, forMs?: number): Promise<string> {
  const pieces: Buffer[] = [];
  const hangUp = forMs === undefined ? undefined : setTimeout(() => stream.destroy(), forMs);
  try {
    for await (const piece of stream) pieces.push(piece as Buffer);
  } catch (error) {
    if (forMs === undefined) throw error;
  } finally {
    clearTimeout(hangUp);
  }
  return Buffer.concat(pieces).toString();
}

export async function anApp(
  environment: Readonly<Record<string, string>> = {},
  overrides?: PortOverrides,
): Promise<AnApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-app-'));
  const { config } = readConfig(
    {
      HEADROOM_EMBEDDER: 'none',
      HEADROOM_MODEL_DOWNLOAD: 'off',
      HEADROOM_LOG_LEVEL: 'silent',
      HEADROOM_DATA_DIR: dataDir,
      ...environment,
    },
    dataDir,
  );
  const app = await createApp(config, overrides);
  return {
    app,
    send: async (method, path, body, headers = {}) => {
      const reply = await app.inject({
        method,
        url: path,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
        payloadAsStream: true,
      });
      const isEndless = reply.headers['content-type'] === 'text/event-stream';
      const text = await textOf(reply.stream(), isEndless ? FIRST_EVENTS_MS : undefined);
      return {
        status: reply.statusCode,
        headers: reply.headers,
        text,
        body: /\/(?:problem\+)?json/.test(String(reply.headers['content-type']))
          ? (JSON.parse(text) as JsonBody)
          : {},
      };
    },
    close: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
