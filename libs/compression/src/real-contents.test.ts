import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashOriginal, markerHashes } from '#libs/ccr';
import { parseJsonTree, writeJsonTree } from '#libs/json-text';
import type { Message } from '#libs/kernel';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { compress, contentOf, toolResult } from '../../../test/support/tool-results.js';
import { decodeLossless } from './decode-lossless.js';

const DATA = join('..', 'shared', 'data');

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o');
});

describe.skipIf(!existsSync(DATA))(`real outputs (skipped without ${DATA})`, () => {
  const folder = join(DATA, 'json-responses');

  it('lose nothing in lossless mode and never cost more than minified', async () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const content = contentOf(await compress([toolResult(text)], { mode: 'lossless' }));
      const tree = parseJsonTree(text);
      const minified = tree === undefined ? text : writeJsonTree(tree);
      expect(decodeLossless(content) === minified, name).toBe(true);
      expect(counter.countText(content), name).toBeLessThanOrEqual(counter.countText(minified));
    }
  });
});

describe.skipIf(!existsSync(DATA))(`real conversations (skipped without ${DATA})`, () => {
  it.each(['tau-bench-airline', 'pi-session', 'swe-agent', 'toolbench'])(
    '%s keep their shape',
    async (name) => {
      const lines = readFileSync(join(DATA, 'conversations', `${name}.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .slice(0, 10);
      for (const line of lines) {
        const { messages } = JSON.parse(line) as { messages: Message[] };
        const outcome = await compress(messages);
        for (const [index, message] of messages.entries()) {
          const after = outcome.messages[index];
          if (outcome.changed[index])
            expect({ ...after, content: null }).toEqual({ ...message, content: null });
          else expect(after).toBe(message);
        }
        const stored = new Map(outcome.originals.map(({ hash, content }) => [hash, content]));
        for (const [hash, content] of stored) expect(hashOriginal(content)).toBe(hash);
        for (const message of outcome.messages.filter((_, index) => outcome.changed[index])) {
          for (const hash of markerHashes(message.content as string)) expect(stored.has(hash)).toBe(true);
        }
        const again = await compress(messages);
        expect(JSON.stringify(again)).toBe(JSON.stringify(outcome));
      }
    },
  );
});
