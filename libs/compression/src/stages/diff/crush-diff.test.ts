import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crushDiff } from './crush-diff.js';
import { firstLine, parseDiff } from './parse-diff.js';

const DATA = join('..', 'shared', 'data', 'diffs');

function crush(lines: readonly string[], contextLines = 1, asked: readonly number[] = []): string[] {
  return crushDiff(lines, parseDiff(lines), { contextLines, namesSections: true, asked: new Set(asked) });
}

const changesOf = (lines: readonly string[]): string[] => lines.filter((line) => /^[+-]/.test(line));

/** An old file of numbered lines, edited: per line how many lines are put before it, and whether it goes. */
interface Edit {
  readonly added: number;
  readonly isDeleted: boolean;
}

interface Edited {
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  /** A unified diff with three lines of context, as git writes it. */
  readonly diff: readonly string[];
}

function edited(edits: readonly Edit[]): Edited {
  const body: string[] = [];
  for (const [index, { added, isDeleted }] of edits.entries()) {
    for (let n = 0; n < added; n++) body.push(`+new line ${String(index)}.${String(n)}`);
    body.push(`${isDeleted ? '-' : ' '}old line ${String(index)}`);
  }
  const side = (mark: string): string[] =>
    body.filter((line) => !line.startsWith(mark)).map((line) => line.slice(1));
  return { oldLines: side('+'), newLines: side('-'), diff: ['--- a/x', '+++ b/x', ...hunks(body, 3)] };
}

function hunks(body: readonly string[], context: number): string[] {
  const isKept = body.map(
    (_, at) => changesOf(body.slice(Math.max(0, at - context), at + context + 1)).length > 0,
  );
  const out: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (let at = 0; at < body.length;) {
    let end = at;
    while (end < body.length && isKept[end] === isKept[at]) end++;
    const part = body.slice(at, end);
    const oldCount = part.filter((line) => !line.startsWith('+')).length;
    const newCount = part.filter((line) => !line.startsWith('-')).length;
    const start = (line: number, count: number): string =>
      `${String(count === 0 ? line - 1 : line)},${String(count)}`;
    if (isKept[at] === true)
      out.push(`@@ -${start(oldLine, oldCount)} +${start(newLine, newCount)} @@`, ...part);
    [oldLine, newLine, at] = [oldLine + oldCount, newLine + newCount, end];
  }
  return out;
}

/** Applies a diff strictly: every line must be where the headers say. */
function apply(oldLines: readonly string[], diff: readonly string[]): string[] {
  const out: string[] = [];
  let next = 0;
  for (const part of parseDiff(diff)) {
    if (part.kind === 'other') continue;
    const first = firstLine(part.oldStart, part.oldCount) - 1;
    out.push(...oldLines.slice(next, first));
    expect(out).toHaveLength(firstLine(part.newStart, part.newCount) - 1);
    next = first;
    for (const line of diff.slice(part.start + 1, part.end)) {
      if (!line.startsWith('+')) expect(line.slice(1)).toBe(oldLines[next++]);
      if (!line.startsWith('-')) out.push(line.slice(1));
    }
  }
  return [...out, ...oldLines.slice(next)];
}

describe('a diff with less context', () => {
  const edit = fc.record({
    added: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(3)),
    isDeleted: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.boolean()),
  });

  it('is a diff still, that makes the same of the same file', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), fc.nat(4), (edits, contextLines) => {
        const { oldLines, newLines, diff } = edited(edits);
        expect(apply(oldLines, diff)).toEqual(newLines);
        const narrowed = crush(diff, contextLines);
        expect(apply(oldLines, narrowed)).toEqual(newLines);
        expect(changesOf(narrowed)).toEqual(changesOf(diff));
        expect(crush(narrowed, contextLines)).toEqual(narrowed);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a line on each side of a change, where it says something', () => {
    expect(
      crush([
        'diff --git a/x.ts b/x.ts',
        'index 1a2b3c4..5d6e7f8 100644',
        '--- a/x.ts',
        '+++ b/x.ts',
        '@@ -10,7 +10,8 @@ function main() {',
        '   const one = 1;',
        '   const two = 2;',
        ' ',
        '+  const three = 3;',
        '   return one + two;',
        ' }',
        ' ',
        ' // the end',
      ]),
    ).toEqual([
      '--- a/x.ts',
      '+++ b/x.ts',
      '@@ -13 +13,2 @@ function main() {',
      '+  const three = 3;',
      '   return one + two;',
    ]);
  });

  it('names the section of several hunks once, and its beginning only', () => {
    const hunk = (line: number): string[] => [
      `@@ -${String(line)} +${String(line)} @@ class Quite extends ALongerNameThanThat {`,
      '-a',
      '+b',
    ];
    const headers = crush(['--- a/x', '+++ b/x', ...hunk(5), ...hunk(90)]).filter((line) =>
      line.startsWith('@@'),
    );
    expect(headers).toEqual(['@@ -5 +5 @@ class Quite extends ALo', '@@ -90 +90 @@']);
  });

  it('keeps hunks that were asked for as they are', () => {
    const { diff } = edited([...Array.from({ length: 9 }, (_, i) => ({ added: 0, isDeleted: i === 4 }))]);
    expect(crush(diff, 0, [1])).toEqual(diff);
    expect(crush(diff, 0)).toEqual(['--- a/x', '+++ b/x', '@@ -5 +4,0 @@', '-old line 4']);
  });

  it('keeps what is said of modes, renames, binary files and missing line ends', () => {
    const kept = [
      ...['diff --git a/run.sh b/run.sh', 'old mode 100644', 'new mode 100755'],
      ...['diff --git a/a b/b', 'similarity index 90%', 'rename from a', 'rename to b', '--- a/a', '+++ b/b'],
      ...['@@ -1 +1 @@', '-x', '\\ No newline at end of file', '+y', '\\ No newline at end of file'],
      ...['diff --git a/l.png b/l.png', 'Binary files a/l.png and b/l.png differ'],
      ...[
        'diff --git a/new b/new',
        'new file mode 100755',
        '--- /dev/null',
        '+++ b/new',
        '@@ -0,0 +1 @@',
        '+#!/bin/sh',
      ],
    ];
    expect(crush(kept)).toEqual(kept);
  });

  it('leaves merges, cut hunks, mails and lists as they are', () => {
    for (const text of [
      'diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,3 -1,3 +1,3 @@@\n  a\n- b\n -c\n++d\n  e',
      '--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n b\n c\n-d\n+e\n f',
      'From 1a2b Mon Sep 17\nSubject: [PATCH] x\n\n---\n a | 2 +-\n-- \n2.39.2\n',
      '- one\n- two\n+++ plus\n@@ at 5 @@',
    ])
      expect(crush(text.split('\n')).join('\n')).toBe(text);
  });

  it('keeps every changed line of anything', () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('+', '-', ' ', '\\', ''), fc.string()).map((parts) => parts.join('')),
      fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => `@@ -1,${String(a)} +1,${String(b)} @@`),
      fc.constantFrom('diff --git a/x b/x', 'index 1a2b..3c4d', 'new file mode 100644', '--- a/x', '+++ b/x'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        expect(changesOf(crush(lines, 0))).toEqual(changesOf(lines));
      }),
      { numRuns: 3000 },
    );
  });

  it.skipIf(!existsSync(DATA))(`keeps every changed line of real diffs (skipped without ${DATA})`, () => {
    for (const name of readdirSync(DATA).filter((file) => file.endsWith('.diff'))) {
      const lines = readFileSync(join(DATA, name), 'utf8').split('\n');
      const narrowed = crush(lines);
      expect(changesOf(narrowed), name).toEqual(changesOf(lines));
      const headers = narrowed.filter((line) => line.startsWith('@@ -')).length;
      expect(
        parseDiff(narrowed).filter(({ kind }) => kind === 'hunk'),
        name,
      ).toHaveLength(headers);
    }
  });
});
