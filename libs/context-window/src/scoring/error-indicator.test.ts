import { describe, expect, it } from 'vitest';
import type { Message } from '#libs/kernel';
import { errorIndicator } from './error-indicator.js';
import { scoredTexts } from './message-text.js';

const told = (message: Message): number => errorIndicator(message, scoredTexts(message));
const result = (content: string): Message => ({ role: 'tool', tool_call_id: 'x', content });

describe('an error is told by its structure', () => {
  it.each([
    ['an error field', '{"error": "no such user"}'],
    ['errors in a list of rows', '[{"id": 1, "errors": []}, {"id": 2, "errors": [{"path": "name"}]}]'],
    ['a flag of failure', '{"success": false, "data": null}'],
    ['an HTTP status of 400 and more', '{"statusCode": 503, "body": ""}'],
    ['a status line', 'HTTP/1.1 404 Not Found\ncontent-length: 0'],
    ['an exit code', '{"stdout": "", "exit_code": 2}'],
    ['an exit code in text', 'make: nothing done\nCommand exited with code 127'],
    ['a label at the beginning', 'Error: reservation cannot be changed'],
    ['a Python traceback', 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()'],
    ['a JavaScript stack', 'boom\n    at load (/app/src/load.js:10:5)\n    at main.js:3:1'],
    ['the type of an exception', 'while loading:\njava.lang.IllegalStateException: not open'],
    ['a compiler', 'src/main.c:10:4: error: expected identifier'],
    ['a TypeScript compiler', "src/a.ts(3,7): error TS2322: Type 'string' is not assignable"],
    ['a failed test run', '==== 1 failed, 299 passed in 12.3s ===='],
    ['a failed Go test', 'ok a\n--- FAIL: TestSum (0.00s)'],
    ['a Rust panic', "thread 'main' panicked at src/main.rs:2:5"],
  ])('%s', (_, content) => {
    expect(told(result(content))).toBe(1);
  });

  it.each([
    ['an empty error field', '{"error": null, "errors": [], "data": 1}'],
    ['a good status', '{"status": 200, "success": true, "exit_code": 0}'],
    ['a good test run', '==== 300 passed, 0 failed in 12.3s ===='],
    ['talk about errors', 'The error handling of this page fails to impress; an exception is the header.'],
    ['an amount', '{"price": 450, "count": 500}'],
  ])('not by %s', (_, content) => {
    expect(told(result(content))).toBe(0);
  });

  it('by the flag of a result block', () => {
    const block = { type: 'tool_result', tool_use_id: 't', content: 'nope', is_error: true };
    expect(told({ role: 'user', content: [block] })).toBe(1);
    expect(told({ role: 'user', content: [{ ...block, is_error: false }] })).toBe(0);
  });

  it('in a long text at its end', () => {
    expect(told(result(`${'building\n'.repeat(5_000)}Traceback (most recent call last):\n  x`))).toBe(1);
  });
});
