import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrorWord } from '../../error-words.js';
import { crushLog } from './crush-log.js';
import { findTemplates } from './find-templates.js';

const LOGHUB = join('..', 'shared', 'data', 'loghub');

function crush(lines: readonly string[], keepsEvents = true): string[] {
  const templated = findTemplates(lines);
  if (templated === undefined) throw new Error('It was never late.');
  return crushLog(lines, templated, { relevant: new Set(), keepsEvents }).text.split('\n');
}

const noise = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `INFO handled request ${String(i)} in ${String(i % 7)} ms`);

const between = (block: readonly string[]): string[] => [...noise(40), ...block, ...noise(40)];

describe('telling a long log once', () => {
  it('tells plain lines by their template with its count', () => {
    expect(crush(['start', 'a', 'b', ...noise(80), 'x', 'y', 'end'])).toContain(
      'INFO handled request <*> in <*> ms (×80)',
    );
  });

  it('keeps the beginning of words that vary only in their end', () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `stored part rdd_${String(i)} at node-${String(i % 3)}`,
    );
    expect(crush([...noise(5), ...lines, ...noise(5)])).toContain('stored part rdd_<*> at node-<*> (×20)');
  });

  it('tells events that differ in their host alone as one', () => {
    const hosts = ['alpha', 'beta-2', 'gamma'];
    const lines = Array.from(
      { length: 60 },
      (_, i) =>
        `Jul 1 10:00:${String(10 + (i % 50))} ${hosts[i % 3] ?? ''} kernel: ${i % 2 === 0 ? 'link up' : 'low power'}`,
    );
    const told = crush(lines).filter((line) => line.endsWith(')'));
    expect(told.filter((line) => line.includes('low power'))).toHaveLength(1);
  });

  it('keeps the first lines of few error patterns, with their count', () => {
    const errors = Array.from({ length: 9 }, (_, i) => `ERROR disk ${String(i)} is full`);
    const told = crush([...noise(40), ...errors, 'ERROR no route to host', ...noise(40)]);
    expect(told.filter((line) => line.startsWith('ERROR'))).toEqual([
      'ERROR disk 0 is full (×9)',
      'ERROR disk 1 is full',
      'ERROR disk 2 is full',
      'ERROR no route to host',
    ]);
  });

  it('keeps the first line of each of many error patterns', () => {
    const words = 'a b c d e f g h i j k l m n o p q r s t u v w x y z'.split(' ');
    const errors = words.flatMap((word) => [`ERROR unit ${word}x 1 broke`, `ERROR unit ${word}x 2 broke`]);
    const told = crush([...noise(40), ...errors, ...noise(40)]);
    expect(told.filter((line) => line.startsWith('ERROR'))).toEqual(
      words.map((word) => `ERROR unit ${word}x 1 broke (×2)`),
    );
  });

  it('takes no count of errors that is zero for one', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `step ${String(i)} done, 0 errors`);
    expect(crush(between(lines)).filter((line) => line.startsWith('step')).length).toBeLessThan(3);
  });
});

describe('stack traces in a log', () => {
  const traces: readonly [string, readonly string[]][] = [
    [
      'Python',
      ['Traceback (most recent call last):', '  File "a.py", line 3, in f', '    g()', 'ValueError: no'],
    ],
    [
      'Python, chained',
      [
        'Traceback (most recent call last):',
        '  File "a.py", line 3, in f',
        'KeyError: 1',
        '',
        'During handling of the above exception, another exception occurred:',
        '',
        'Traceback (most recent call last):',
        '  File "b.py", line 9, in g',
        'ValueError: no',
      ],
    ],
    [
      'Java',
      [
        'java.lang.IllegalStateException: no',
        '\tat a.B.c(B.java:3)',
        '\tat a.B.d(B.java:9)',
        'Caused by: java.io.IOException: x',
        '\t... 3 more',
      ],
    ],
    ['Node', ['TypeError: no', '    at f (/a/b.js:3:4)', '    at g (/a/b.js:9:1)']],
    [
      'Go',
      [
        'panic: runtime error: index out of range [5]',
        '',
        'goroutine 1 [running]:',
        'main.f(0x1)',
        '\t/app/main.go:12 +0x1d',
        'main.main()',
        '\t/app/main.go:5 +0x20',
      ],
    ],
    [
      'Rust',
      [
        "thread 'main' panicked at src/main.rs:2:5:",
        'index out of bounds',
        'stack backtrace:',
        '   0: rust_begin_unwind',
        '             at /rustc/abc/library/std/src/panicking.rs:645:5',
        '   1: app::main',
      ],
    ],
    [
      'C#',
      [
        'Unhandled exception. System.InvalidOperationException: no',
        '   at App.Run() in /src/App.cs:line 12',
        '   --- End of inner exception stack trace ---',
        '   at App.Main() in /src/App.cs:line 3',
      ],
    ],
  ];

  it.each(traces)('stay whole: %s', (_, trace) => {
    expect(crush(between(trace)).join('\n')).toContain(trace.join('\n'));
    expect(crush(between(trace), false).join('\n')).toContain(trace.join('\n'));
  });

  it('are told once, with their count', () => {
    const trace = ['Traceback (most recent call last):', '  File "a.py", line 3, in f', 'ValueError: no'];
    const told = crush([...noise(20), ...trace, ...noise(20), ...trace, ...noise(20)]);
    expect(told.filter((line) => line.startsWith('Traceback'))).toEqual([
      'Traceback (most recent call last): (×2)',
    ]);
    expect(told.filter((line) => line === 'ValueError: no')).toHaveLength(1);
  });

  it('are two when they come from different lines', () => {
    const trace = (line: number): string[] => ['TypeError: no', `    at f (/a/b.js:${String(line)}:4)`];
    const told = crush([...noise(20), ...trace(3), ...noise(20), ...trace(8), ...noise(20)]);
    expect(told.filter((line) => line.startsWith('    at f'))).toHaveLength(2);
  });
});

describe('the output of build tools', () => {
  const progress = (count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) => `[${String(i)}/90] Building CXX object lib/part_${String(i)}.cpp.o`,
    );

  it('keeps every problem with its place', () => {
    const problems = Array.from(
      { length: 40 },
      (_, i) => `src/a.c:${String(i)}:3: warning: unused variable 'x'`,
    );
    const told = crush([...progress(40), ...problems, ...problems, ...progress(40)], false);
    for (const problem of problems) expect(told).toContain(`${problem} (×2)`);
    expect(told.filter((line) => line.includes('Building')).length).toBeLessThan(10);
  });

  it.each([
    [
      'rustc',
      [
        'warning: unused variable: `x`',
        ' --> src/main.rs:3:9',
        '  |',
        '3 |     let x = 1;',
        '  |         ^ help: prefix it with an underscore',
        '  |',
        '  = note: on by default',
      ],
    ],
    ['clang', ['src/a.c:3:9: error: unknown type', 'foo bar;', '^~~']],
    ['javac', ['src/A.java:3: error: cannot find symbol', '    foo();', '    ^', '  symbol: method foo()']],
  ])('keeps a message of %s with its frame', (_, message) => {
    const told = crush([...progress(40), ...message, ...progress(40), ...message, ...progress(9)], false);
    const [first = '', ...rest] = message;
    expect(told.join('\n')).toContain([`${first} (×2)`, ...rest].join('\n'));
    expect(told.filter((line) => line === rest.at(-1))).toHaveLength(1);
  });

  it('keeps a failed test whole and of those that passed only the count', () => {
    const failure = [
      '____ test_total ____',
      '',
      '    def test_total():',
      '>       assert total() == 5',
      'E       assert 4 == 5',
      '',
      'a.py:7: AssertionError',
    ];
    const told = crush(
      [
        '===== test session starts =====',
        ...Array.from({ length: 90 }, (_, i) => `tests/error_test.py::case_${String(i)} PASSED`),
        'tests/a.py::test_total FAILED',
        '===== FAILURES =====',
        ...failure,
        '===== short test summary info =====',
        'FAILED tests/a.py::test_total - assert 4 == 5',
        '===== 1 failed, 90 passed in 3.21s =====',
      ],
      false,
    );
    expect(told.join('\n')).toContain(failure.join('\n'));
    expect(told.filter((line) => line.includes('PASSED')).length).toBeLessThanOrEqual(2);
    expect(told.at(-1)).toBe('===== 1 failed, 90 passed in 3.21s =====');
  });

  it('keeps groups, steps and results', () => {
    const outline = [
      '##[group]Run npm test',
      'Step 3/9 : RUN npm ci',
      'added 312 packages in 4s',
      'Tests: 3 failed, 20 passed, 23 total',
      'BUILD FAILED in 12s',
    ];
    const told = crush([...progress(40), ...outline, ...progress(40)], false);
    for (const line of outline) expect(told).toContain(line);
  });

  it('names the file above a problem that has only its line', () => {
    const told = crush(
      [...progress(40), '/src/a.css', '  12:3  error  Unexpected unit', ...progress(40)],
      false,
    );
    expect(told.join('\n')).toContain('/src/a.css\n  12:3  error  Unexpected unit');
  });

  it('tells of many different lines only some, and of problems among them every one', () => {
    const words = Array.from(
      { length: 300 },
      (_, i) => `${String.fromCharCode(97 + (i % 26))}${'xyzuvw'.charAt(i % 6)}q`,
    );
    const chatter = words.map((word, i) => `${word} ${words[(i * 7) % 300] ?? ''}${word} did ${word}${word}`);
    const problems = [
      'e: file:///src/A.kt:12:5 Unresolved reference: foo',
      "W-1330: top_bram.v(51): bit length 1 differs for port 'out'",
      '  34     Parameter #1 of function strlen expects string.',
      "main.c:(.text+0x5): undefined reference to 'foo'",
    ];
    const lines = chatter.flatMap((line, i) =>
      i % 60 === 40 ? [line, problems[Math.floor(i / 60)] ?? ''] : [line],
    );
    const told = crush(lines, false);
    for (const problem of problems) expect(told).toContain(problem);
    expect(told.length).toBeLessThan(60);
  });

  it('tells a listing by its patterns, its ends and its errors', () => {
    const word = (i: number): string => ['cache', 'queue', 'report', 'store', 'index'][i % 5] ?? '';
    const listing = Array.from(
      { length: 200 },
      (_, i) =>
        `-rw-r--r-- 1 app staff ${String(i * 37)} Jan ${String(1 + (i % 28))} 10:${String(10 + (i % 50))} ${word(i)}_${word(i * 3)}_${String(i)}.ts`,
    );
    listing[120] = 'ls: cannot open directory /root: Permission denied, error 13';
    const told = crush(listing, false);
    expect(told).toContain(listing[120]);
    expect(told).toContain(listing[0]);
    expect(told).toContain(listing[199]);
    expect(told.length).toBeLessThan(20);
  });
});

describe('real logs', () => {
  it.skipIf(!existsSync(LOGHUB))(`keep every error line's pattern (skipped without ${LOGHUB})`, () => {
    for (const name of ['BGL', 'HPC', 'Mac', 'Windows']) {
      const lines = readFileSync(join(LOGHUB, name, `${name}_2k.log`), 'utf8').split('\n');
      const mask = (line: string): string => line.replace(/\S*\d\S*/g, '0');
      const told = new Set(crush(lines).map((line) => mask(line.replace(/ \(×\d+\)$/, ''))));
      const wanted = lines.filter(hasErrorWord).map(mask);
      const missing = new Set(wanted.filter((line) => !told.has(line)));
      // Lines that say "0 errors" and the like are no errors; hardly any others may be told by their template alone.
      expect(missing.size, name).toBeLessThanOrEqual(new Set(wanted).size * 0.05);
    }
  });
});
