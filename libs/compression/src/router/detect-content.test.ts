import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectContent, type ContentKind } from './detect-content.js';

const DATA = join('..', 'shared', 'data');

function kindsIn(folder: string, ending: string): ContentKind[] {
  const path = join(DATA, folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(ending) && name !== 'SOURCE.md')
    .map((name) => detectContent(readFileSync(join(path, name), 'utf8')).kind);
}

function shareOf(kind: ContentKind, kinds: readonly ContentKind[]): number {
  return kinds.filter((each) => each === kind).length / kinds.length;
}

describe('telling kinds of content apart', () => {
  it.each<[ContentKind, string]>([
    ['json', ' [1, 2]'],
    ['json', '{}'],
    ['text', '[1, 2'],
    ['text', '"a string"'],
    ['text', ''],
    ['html', '<!DOCTYPE html><p>'],
    ['diff', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b'],
    ['search', 'src/a.ts:12:const a\nsrc/a.ts:13:const b\nsrc/b.ts:1:let'],
    ['log', '2024-05-01 10:00:00 INFO a\n2024-05-01 10:00:01 INFO b\n2024-05-01 10:00:02 WARN c'],
    ['log', '===== test session starts =====\ntests/a.py::one PASSED\ntests/a.py::two FAILED'],
    ['log', 'src/a.c:12:3: warning: unused\nsrc/a.c:13:3: error: no\nmake: *** [all] Error 1'],
    ['code', 'import x from "y";\n\nexport function a() {\n  return x;\n}'],
    ['text', 'A paragraph of prose.\n\nAnother one that says more.\n\nThe last.'],
  ])('finds %s in %j', (kind, text) => {
    expect(detectContent(text).kind).toBe(kind);
  });

  it.skipIf(!existsSync(DATA))(`knows real outputs (skipped without ${DATA})`, () => {
    expect(shareOf('json', kindsIn('json-responses', '.json'))).toBe(1);
    expect(shareOf('diff', kindsIn('diffs', '.diff'))).toBe(1);
    expect(shareOf('search', kindsIn('search-outputs', '.txt'))).toBeGreaterThan(0.9);
    for (const name of ['Android', 'BGL', 'HPC', 'HealthApp', 'Mac', 'OpenStack', 'Spark', 'Windows']) {
      expect(shareOf('log', kindsIn(join('loghub', name), '.log')), name).toBe(1);
    }
  });
});
