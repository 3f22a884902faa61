import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../../../../test/support/tiny-onnx-model.js';
import { TransformersTokenClassifier } from './transformers-token-classifier.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'headroom-models-'));
  writeTinyModel(join(directory, 'words'), {
    task: 'token-classification',
    labels: ['drop', 'keep'],
    words: { river: [0, 4], the: [4, 0], boat: [0, 4], '##s': [4, 0] },
  });
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a classifier of words', () => {
  it('gives each word its chance, the mean of its tokens', async () => {
    const classifier = new TransformersTokenClassifier({ directory, model: 'words' });
    const [the, river, boats, other] = await classifier.keepProbabilities(['the', 'River', 'boats', 'zebra']);
    expect(the).toBeLessThan(0.1);
    expect(river).toBeGreaterThan(0.9);
    expect(boats).toBeCloseTo(0.5, 5);
    expect(other).toBeCloseTo(0.5, 5);
  });

  it('reads texts longer than its window', async () => {
    const classifier = new TransformersTokenClassifier({ directory, model: 'words' });
    const words = Array.from({ length: 1200 }, (_, i) => (i % 2 === 0 ? 'the' : 'river'));
    const chances = await classifier.keepProbabilities(words);
    expect(chances).toHaveLength(1200);
    expect([...chances].every((chance, i) => (i % 2 === 0 ? chance < 0.1 : chance > 0.9))).toBe(true);
    expect(await classifier.keepProbabilities([])).toHaveLength(0);
  });

  it('rejects where there is no model', async () => {
    const classifier = new TransformersTokenClassifier({ directory, model: 'none' });
    await expect(classifier.keepProbabilities(['a'])).rejects.toThrow();
  });
});
