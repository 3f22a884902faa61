import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../../../../test/support/tiny-onnx-model.js';
import { TransformersTechniqueRouter } from './transformers-technique-router.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'headroom-models-'));
  writeTinyModel(join(directory, 'router'), {
    task: 'text-classification',
    labels: ['full_low', 'preserve', 'other'],
    words: { whiskers: [0, 6, 0], scenery: [6, 0, 0], elephant: [0, 0, 9] },
  });
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('a classifier of questions', () => {
  it('names the technique that its model is sure of', async () => {
    const router = new TransformersTechniqueRouter({ directory, model: 'router' });
    expect(await router.route('Nice whiskers, these?')).toBe('preserve');
    expect(await router.route('The scenery please')).toBe('full_low');
  });

  it('leaves the choice to the rules where it is not sure, or knows another label only', async () => {
    const router = new TransformersTechniqueRouter({ directory, model: 'router' });
    expect(await router.route('Something else')).toBeUndefined();
    expect(await router.route('An elephant')).toBeUndefined();
    expect(await router.route('')).toBeUndefined();
  });
});
