import { describe, expect, it } from 'vitest';
import { type CompressionSettings, completeConfig } from '../compression-config.js';
import type { ContentKind } from './content-kind.js';
import { stageFor } from './route-content.js';

describe('routing by kind', () => {
  it.each<[ContentKind, CompressionSettings]>([
    ['log', { log: { enabled: false } }],
    ['build_log', { log: { enabled: false } }],
    ['search', { search: { enabled: false } }],
    ['diff', { diff: { enabled: false } }],
    ['html', { html: { enabled: false } }],
    ['code', { code: { enabled: false } }],
    ['text', { text: { enabled: false } }],
    ['markdown', { text: { enabled: false } }],
  ])('sends %s nowhere when its setting is off', (kind, settings) => {
    expect(stageFor(kind, completeConfig(settings))).toBe('disabled');
    expect(stageFor(kind, completeConfig())).toBeTypeOf('function');
  });

  it('keeps the lossless forms of JSON when SmartCrusher is off', () => {
    expect(stageFor('json', completeConfig({ smartCrusher: { enabled: false } }))).toBeTypeOf('function');
  });
});
