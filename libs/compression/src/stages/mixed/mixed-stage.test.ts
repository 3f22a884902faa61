import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter } from '#libs/tokens';
import { compressMessages } from '../../compress-messages.js';
import type { CompressionSettings } from '../../compression-config.js';
import type { MessageReport } from '../../contract.js';

const people = Array.from({ length: 40 }, (_, id) => ({
  id,
  name: `Person ${id}`,
  city: 'Oslo',
  active: true,
}));
const JSON_TEXT = JSON.stringify(people, null, 2);
const LOG = Array.from(
  { length: 80 },
  (_, i) =>
    `2024-05-01 10:${String(i % 60).padStart(2, '0')}:00 INFO worker-${i % 4} took job ${i * 7} from the queue`,
).join('\n');
const ANSWER = `HTTP/1.1 200 OK\nContent-Type: application/json\nX-Request: abc-123\n\n${JSON_TEXT}\n`;
const REPORT = `The worker was slow today.\n\n\`\`\`json\n${JSON_TEXT}\n\`\`\`\n\nIts log:\n\n\`\`\`\n${LOG}\n\`\`\`\nWhat now?`;

describe('compressing text of several kinds', () => {
  let counter: Awaited<ReturnType<typeof loadTokenCounter>>;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  async function compress(
    text: string,
    config: CompressionSettings = {},
  ): Promise<{ text: string; report: MessageReport | undefined; stored: readonly string[] }> {
    const messages = [
      { role: 'user' as const, content: 'Who is slow?' },
      { role: 'tool' as const, tool_call_id: 'call_1', content: text },
    ];
    const outcome = await compressMessages({ messages, config }, counter);
    const content = outcome.messages[1]?.content;
    return {
      text: typeof content === 'string' ? content : '',
      report: outcome.reports[1],
      stored: outcome.originals.map((original) => original.content),
    };
  }

  it('compresses each part as its kind, keeps what frames them, and marks the whole once', async () => {
    const { text, report, stored } = await compress(REPORT);
    expect(report).toMatchObject({ reason: 'compressed', contentType: 'mixed' });
    expect(report?.tokensAfter).toBeLessThan((report?.tokensBefore ?? 0) / 2);
    expect(text).toMatch(/^The worker was slow today\.\n\n```json\n[[{]/);
    expect(text).toContain('\n```\nWhat now?\n[');
    expect(text.match(/hash=/g)).toHaveLength(1);
    expect(text.split('\n').at(-1)).toMatch(
      /^\[\d+ lines compressed to \d+\. Retrieve more: hash=[a-f0-9]{24}\]$/,
    );
    expect(stored).toEqual([REPORT]);
  });

  it('keeps the head of an HTTP answer, and its body valid JSON', async () => {
    const { text } = await compress(ANSWER);
    const [head = '', body = ''] = text.split('\n\n');
    expect(`${head}\n\n`).toBe(ANSWER.slice(0, ANSWER.indexOf('[')));
    expect(() => JSON.parse(body.split('\n')[0] ?? '') as unknown).not.toThrow();
  });

  it('changes nothing in lossless mode', async () => {
    const { text, report } = await compress(REPORT, { mode: 'lossless' });
    expect(text).toBe(REPORT);
    expect(report?.reason).toBe('not_smaller');
  });

  it('leaves parts alone whose kind is turned off', async () => {
    const { text } = await compress(REPORT, { log: { enabled: false } });
    expect(text).toContain(LOG);
  });

  it('changes nothing of what it wrote', async () => {
    for (const mode of ['ccr', 'lossy_inline'] as const) {
      const once = await compress(REPORT, { mode });
      expect((await compress(once.text, { mode })).text).toBe(once.text);
    }
  });

  it('leaves short parts as they are, and short pages what their links lead to', async () => {
    const page = (links: number): string => {
      const items = Array.from(
        { length: links },
        (_, i) => `<li><a href="/cgi-bin/tool-${i}.pl">Tool</a></li>`,
      );
      return `<html><head><title>Tools</title></head><body><ul>\n${items.join('\n')}\n</ul></body></html>`;
    };
    const text = `A page:\n\n${page(3)}\n\nThen:\n\n${page(16)}\n\nAnd data:\n\n\`\`\`json\n${JSON_TEXT}\n\`\`\`\n`;
    const { text: output, report } = await compress(text);
    expect(report?.transforms[0]).toMatch(/^router:mixed:/);
    expect(output).toContain(page(3));
    expect(output).not.toContain(page(16));
    expect(output).toContain('/cgi-bin/tool-15.pl');
  });
});
