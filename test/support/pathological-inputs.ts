/** Inputs that break naive compressors. Each is made when it is asked for: some are large. */
export interface PathologicalInput {
  readonly name: string;
  readonly make: () => string;
}

const MEGABYTE = 1_000_000;
const LOG_LINE = '2026-03-01 10:00:00,123 INFO [worker-7] storage.Compactor: segment 4711 merged in 35 ms\n';

export const PATHOLOGICAL_INPUTS: readonly PathologicalInput[] = [
  { name: '1 MB of one character', make: () => 'a'.repeat(MEGABYTE) },
  { name: '1 MB without a space', make: () => letters(MEGABYTE) },
  { name: '1 MB of spaces', make: () => ' '.repeat(MEGABYTE) },
  { name: '1 MB of blank lines', make: () => '\n'.repeat(MEGABYTE) },
  { name: '1 MB of <', make: () => '<'.repeat(MEGABYTE) },
  { name: '1 MB of brackets', make: () => '['.repeat(MEGABYTE) },
  { name: '100,000 numbers', make: () => JSON.stringify(Array.from({ length: 100_000 }, (_, i) => i * 7)) },
  {
    name: '100,000 objects',
    make: () => JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id, ok: true }))),
  },
  { name: 'arrays 10,000 deep', make: () => '['.repeat(10_000) + ']'.repeat(10_000) },
  { name: 'objects 10,000 deep', make: () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}` },
  {
    name: 'elements 10,000 deep',
    make: () =>
      `<!doctype html><html><body>${'<div>'.repeat(10_000)}deep${'</div>'.repeat(10_000)}</body></html>`,
  },
  {
    name: 'keys of prototypes',
    make: () =>
      `[${Array.from({ length: 500 }, (_, i) => `{"__proto__":{"x":${i}},"constructor":"c","toString":${i},"hasOwnProperty":1}`).join(',')}]`,
  },
  {
    name: 'lone surrogates',
    make: () => JSON.stringify(['\ud800', '\udc00 end'].join(' text ')).repeat(2000),
  },
  { name: 'NUL bytes', make: () => `line\0one\r\nline two\r\u0001\n`.repeat(3000) },
  { name: 'mixed line ends', make: () => `${LOG_LINE}\r\n${LOG_LINE.trim()}\r`.repeat(500) },
  { name: 'bytes that are no UTF-8', make: () => Buffer.from(bytes(200_000)).toString('utf8') },
  {
    name: 'JSON that breaks off',
    make: () => JSON.stringify(Array(5000).fill({ id: 1, name: 'row' })).slice(0, -20),
  },
  {
    name: 'HTML that never closes',
    make: () => `<html><table>${'<tr><td><b><a href="x">text'.repeat(5000)}`,
  },
  {
    name: 'a diff that lies about its lines',
    make: () => `--- a/x\n+++ b/x\n${'@@ -1,999 +1,0 @@\n+a\n-b\n context\n'.repeat(3000)}`,
  },
  { name: 'fences that never close', make: () => '```json\n{"a": [1, 2\n'.repeat(3000) },
  { name: 'a 10 MB log line', make: () => `2026-03-01 10:00:00 ERROR ${'payload=abc,'.repeat(850_000)}` },
  {
    name: '1 MB of code on one line',
    make: () => 'function a(b){return b?a(b-1):{c:[1,2]}};'.repeat(24_000),
  },
  {
    name: 'code 5,000 deep',
    make: () => `function f() {${'if (a) {'.repeat(5000)}${'}'.repeat(5000)}}\n`.repeat(3),
  },
  { name: '200,000 search hits', make: () => 'src/a/b.ts:12:const value = 1;\n'.repeat(200_000) },
];

/** For growth with the size: a log and a list of `megabytes`. */
export function largeLog(megabytes: number): string {
  return LOG_LINE.repeat(Math.ceil((megabytes * MEGABYTE) / LOG_LINE.length));
}

export function largeList(megabytes: number): string {
  const row = '{"id":1234567,"host":"web-17.example.org","status":"ok","latency_ms":35,"tags":["a","b"]}';
  return `[${`${row},`.repeat(Math.ceil((megabytes * MEGABYTE) / (row.length + 1)))}${row}]`;
}

/** No two words of it repeat: a linear congruential generator (Numerical Recipes) picks the letters. */
function letters(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/';
  return Array.from(bytes(length), (byte) => alphabet.charAt(byte & 63)).join('');
}

function bytes(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
