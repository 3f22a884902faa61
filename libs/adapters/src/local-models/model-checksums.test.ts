import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../../test/support/scripted-hub.js';
import { CHECKSUMS_FILE, verifyChecksums, writeChecksums } from './model-checksums.js';

describe('the checksums of a model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-checksums-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const record = (content: Buffer): Promise<void> =>
    writeChecksums(folder, {
      source: 'http://hub.example/owner/model',
      files: { 'model.onnx': { size: content.length, sha256: sha256(content) } },
    });

  it('hold for what was recorded, and for a folder that somebody put there without any', async () => {
    await expect(verifyChecksums(folder)).resolves.toBeUndefined();
    const content = Buffer.from('weights');
    writeFileSync(join(folder, 'model.onnx'), content);
    await record(content);
    await expect(verifyChecksums(folder)).resolves.toBeUndefined();
  });

  it('name the file that is missing, and any that differs in one bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), async (bytes, place) => {
        const content = Buffer.from(bytes);
        await record(content);
        rmSync(join(folder, 'model.onnx'), { force: true });
        await expect(verifyChecksums(folder)).rejects.toThrow('model.onnx is missing');
        const bit = place % (content.length * 8);
        content[bit >> 3] = (content[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(join(folder, 'model.onnx'), content);
        await expect(verifyChecksums(folder)).rejects.toThrow('model.onnx is not what was downloaded');
      }),
      { numRuns: 30 },
    );
  });

  it('are an error when they cannot be read, whatever stands in their place', async () => {
    const notChecksums = fc.oneof(fc.string(), fc.json()).filter((text) => !text.includes('"files"'));
    await fc.assert(
      fc.asyncProperty(notChecksums, async (text) => {
        writeFileSync(join(folder, CHECKSUMS_FILE), text);
        await expect(verifyChecksums(folder)).rejects.toThrow('checksums.json cannot be read');
      }),
      { numRuns: 50 },
    );
  });
});
