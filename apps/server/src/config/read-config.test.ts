import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelRegistry, parseModelOverrides } from '#libs/tokens';
import { isLoopback } from './loopback.js';
import { ConfigurationFaults, readConfig } from './read-config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('reading the configuration', () => {
  test('gives the documented defaults, frozen', () => {
    const { config } = readConfig({}, folder);
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8787, maxBodyBytes: 50 * 1024 * 1024 });
    expect(config.storage.dataDir).toBe(join(folder, '.headroom'));
    expect(config.originals).toEqual({ ttlSeconds: 86_400, maxEntries: 100_000 });
    expect(config.memory).toEqual({ placement: 'user', offersTools: false, sessionTtlSeconds: undefined });
    expect(Object.isFrozen(config.providers.openai)).toBe(true);
  });

  test('prefers the environment to the named file, and that to .env', () => {
    writeFileSync(join(folder, '.env'), 'HEADROOM_PORT=1\nHEADROOM_MODE=audit\nHEADROOM_LOG_LEVEL=debug\n');
    writeFileSync(join(folder, 'more.json'), '{"HEADROOM_PORT":2,"HEADROOM_MODE":"simulate"}');
    const { config } = readConfig({ HEADROOM_CONFIG: 'more.json', HEADROOM_PORT: '3' }, folder);
    expect([config.server.port, config.mode, config.logging.level]).toEqual([3, 'simulate', 'debug']);
  });

  test('names every fault at once', () => {
    const read = () =>
      readConfig(
        {
          HEADROOM_PORT: '70000',
          HEADROOM_MODE: 'x',
          HEADROOM_SESSION_TTL_SECONDS: '0',
          HEADROOM_MODEL_LIMITS: '{',
        },
        folder,
      );
    expect(read).toThrow(ConfigurationFaults);
    expect(read).toThrow(/HEADROOM_PORT[^]*HEADROOM_MODE[^]*HEADROOM_SESSION_TTL[^]*HEADROOM_MODEL_LIMITS/);
  });

  test('reads what is said of models in the home folder, and above it in the environment', () => {
    mkdirSync(join(folder, '.headroom'));
    writeFileSync(join(folder, '.headroom', 'models.json'), '{"openai":{"context_limits":{"mine":1}}}');
    const env = { HOME: folder, HEADROOM_MODEL_LIMITS: '{"openai":{"context_limits":{"mine":2}}}' };
    const limits = readConfig(env, folder).config.modelLimits;
    expect(new ModelRegistry(parseModelOverrides(...limits)).describe('mine').contextLimit).toBe(2);
    writeFileSync(join(folder, '.headroom', 'models.json'), '{');
    expect(() => readConfig(env, folder)).toThrow(/models\.json must be a JSON object/);
  });

  test('knows no way of offering memory tools but on and off, nor a third place for memories', () => {
    const env = { HEADROOM_MEMORY_TOOLS: 'on', HEADROOM_MEMORY_PLACEMENT: 'system' };
    expect(readConfig(env, folder).config.memory).toMatchObject({ placement: 'system', offersTools: true });
    const read = () => readConfig({ HEADROOM_MEMORY_TOOLS: 'yes', HEADROOM_MEMORY_PLACEMENT: 'top' }, folder);
    expect(read).toThrow(/HEADROOM_MEMORY_PLACEMENT must be one of user, system[^]*HEADROOM_MEMORY_TOOLS/);
  });

  test('tolerates /v1 at the end of an upstream address', () => {
    const { config } = readConfig({ OPENAI_TARGET_API_URL: 'http://localhost:11434/v1/' }, folder);
    expect(config.providers.openai.baseUrl).toBe('http://localhost:11434');
  });

  test('names the hub of models, and none where nothing may be fetched', () => {
    expect(readConfig({}, folder).config.embedder.hubUrl).toBe('https://huggingface.co');
    const mirror = { HEADROOM_MODEL_HUB_URL: 'https://mirror.example/models/' };
    expect(readConfig(mirror, folder).config.embedder.hubUrl).toBe('https://mirror.example/models');
    const off = { ...mirror, HEADROOM_MODEL_DOWNLOAD: 'off' };
    expect(readConfig(off, folder).config.embedder.hubUrl).toBeUndefined();
    expect(() => readConfig({ HEADROOM_MODEL_DOWNLOAD: 'no' }, folder)).toThrow(/must be one of on, off/);
  });

  test('notices names that mean nothing', () => {
    expect(readConfig({ HEADROOM_PROT: '1', HEADROOM_CONFIG: '' }, folder).unknownNames).toEqual([
      'HEADROOM_PROT',
    ]);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
  ['127.0.0.1.example.org', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
