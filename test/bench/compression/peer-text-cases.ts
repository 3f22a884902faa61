import type { PeerCase, PeerInput } from './peer-case.js';
import { wordsOf } from './peer-words.js';

function lines(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join('\n');
}

function shellOutput(seed: number): PeerInput {
  const { words, int, pick, hex } = wordsOf(seed);
  const errors: string[] = [];
  const text = lines(200, (i) => {
    if (i === 61 || i === 140) {
      const line = `ERROR: container ${hex(6)} exited with code 137`;
      errors.push(line);
      return line;
    }
    const size = String(int(100, 9_000_000)).padStart(9);
    return seed % 2 === 0
      ? `-rw-r--r--  1 deploy staff ${size} Jan ${String(int(1, 28)).padStart(2)} ${String(int(10, 23))}:${String(int(10, 59))} ${words(2).replace(' ', '_')}_${String(i)}.${pick(['log', 'json', 'ts'])}`
      : `root ${String(int(1000, 32_000)).padStart(7)} ${String(int(0, 9))}.${String(int(0, 9))}  ${String(int(0, 4))}.${String(int(0, 9))} ${size} ${String(int(100, 9000)).padStart(6)} ?  Ss   09:${String(int(10, 59))}   0:0${String(int(0, 9))} /usr/bin/${words(1)} --${words(1)}=${String(int(1, 99))}`;
  });
  return { text, query: 'What is on this machine?', errors };
}

function buildLog(seed: number): PeerInput {
  const { words, int, hex, pick } = wordsOf(seed);
  const errors: string[] = [];
  const text = lines(2000, (i) => {
    if (i % 500 === 333) {
      const line = `src/${words(2).replace(' ', '/')}_${String(i)}.c:${String(int(1, 400))}:9: error: unknown type name '${words(1)}_${String(i)}'`;
      errors.push(line);
      return line;
    }
    if (i % 97 === 0) return `warning: unused variable '${words(1)}' [-Wunused-variable]`;
    return seed % 2 === 0
      ? `[${String(Math.floor(i / 20)).padStart(3)}%] Building C object lib/CMakeFiles/${words(1)}.dir/${words(1)}_${String(i)}.c.o`
      : `#${String(i)} ${pick(['Downloading', 'Extracting', 'Resolving'])} ${words(1)}-${words(1)}@${String(int(1, 20))}.${String(int(0, 9))}.${String(int(0, 9))} (${hex(7)})`;
  });
  return { text, query: 'Why did the build fail?', errors };
}

function searchHits(seed: number): PeerInput {
  const { words, int } = wordsOf(seed);
  const files = Array.from({ length: 60 }, () => `src/${words(2).replace(' ', '/')}/${words(1)}.ts`).sort();
  let line = 0;
  const text = lines(1500, (i) => {
    const file = files[Math.floor(i / 25)] ?? '';
    line = i % 25 === 0 ? int(1, 40) : line + int(1, 30);
    return `${file}:${String(line)}:  const ${words(1)}${words(1)} = await ${words(1)}.${words(1)}(${words(1)}, ${String(int(1, 99))});`;
  });
  return { text, query: 'Where is the cache of the router filled?', errors: [] };
}

/** Every added and removed line of a diff must stay. */
function diff(seed: number): PeerInput {
  const { words, int, hex } = wordsOf(seed);
  const changed: string[] = [];
  const code = (): string =>
    `  const ${words(1)} = ${words(1)}.${words(1)}(${words(1)}, ${String(int(1, 99))}); // ${words(3)}`;
  const text = Array.from({ length: 30 }, (_, file) => {
    const path = `src/${words(2).replace(' ', '/')}_${String(file)}.ts`;
    const head = `diff --git a/${path} b/${path}\nindex ${hex(7)}..${hex(7)} 100644\n--- a/${path}\n+++ b/${path}\n`;
    let at = 10;
    return (
      head +
      Array.from({ length: 15 }, (_, hunk) => {
        const mark = `${String(file)}_${String(hunk)}`;
        const removed = `-${code()} was_${mark}`;
        const added = `+${code()} is_${mark}`;
        changed.push(`\n${removed}\n`, `\n${added}\n`);
        at += 40;
        const context = (count: number): string =>
          Array.from({ length: count }, () => ` ${code()}`).join('\n');
        return `@@ -${String(at)},11 +${String(at)},11 @@\n${context(5)}\n${removed}\n${added}\n${context(5)}`;
      }).join('\n')
    );
  }).join('\n');
  return { text: `${text}\n`, query: 'Review this change.', errors: changed };
}

export const textCases: readonly PeerCase[] = [
  {
    name: 'Shell output, 200 lines',
    tokensIn: 6_387,
    python: { tokens: 476, ms: 166 },
    rust: { tokens: 449, ms: 2.7 },
    make: shellOutput,
  },
  {
    name: 'Build log, 2,000 lines',
    tokensIn: 42_235,
    python: { tokens: 962, ms: 1_075 },
    rust: { tokens: 988, ms: 32 },
    make: buildLog,
  },
  {
    name: 'grep, 1,500 hits',
    tokensIn: 33_860,
    python: { tokens: 905, ms: 173 },
    rust: { tokens: 765, ms: 10 },
    make: searchHits,
  },
  {
    name: 'Diff, 30 files × 15 hunks',
    tokensIn: 101_504,
    python: { tokens: 17_610, ms: 39 },
    rust: { tokens: 17_610, ms: 6 },
    make: diff,
  },
];
