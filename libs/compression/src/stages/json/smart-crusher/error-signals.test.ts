import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonTree } from '#libs/json-text';
import { ErrorSigns } from './error-signals.js';

function isError(item: unknown): boolean {
  const text = JSON.stringify(item);
  const tree = parseJsonTree(text);
  if (tree === undefined) throw new Error('not JSON');
  return new ErrorSigns().isError(tree, text);
}

describe('the signs of an error', () => {
  it.each([
    { error: 'x' },
    { errors: [{ code: 1 }] },
    { last_error: 'disk' },
    { errorMessage: 'out of memory' },
    { failure_reason: 'no quota' },
    { status: 404 },
    { status: '503 Service Unavailable' },
    { responseStatus: 500 },
    { state: 'FAILED' },
    { payment_status: 'rejected' },
    { jobStatus: 'timed out' },
    { type: 'error' },
    { level: 'fatal' },
    { level: 60 },
    { log: { level: 'crit' } },
    { meta: { status_code: 500 } },
    { msg: 'TypeError: x' },
    { steps: [{ exit_code: 0 }, { exit_code: 137 }] },
    { ok: false },
    { success: 'false' },
    'Traceback (most recent call last)',
    ['build', 'failed'],
  ])('are seen in %j', (item) => {
    expect(isError(item)).toBe(true);
  });

  it.each([
    { error: null },
    { error: 'none' },
    { error_code: 0 },
    { error_code: 'OK' },
    { errors: [] },
    { status: 200 },
    { status: '200 OK' },
    { state: 'done' },
    { error_count: 0 },
    { level: 7 },
    { ok: true },
    { exit_code: 0 },
    { type: 'broken link' },
    'all is well',
    500,
  ])('are not seen in %j', (item) => {
    expect(isError(item)).toBe(false);
  });

  it('are looked for in anything without harm', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (item) => {
        expect([true, false]).toContain(isError(item));
      }),
    );
  });
});
