import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { wasteSignals } from './waste-signals.js';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter();
});

const tool = (content: string) => ({ role: 'tool', content });

describe('waste signals', () => {
  it('find the white space of formatted JSON', () => {
    const value = { a: [1, 2, 3], b: { c: 'd' } };
    const formatted = JSON.stringify(value, null, 4);
    const waste = wasteSignals([tool(formatted)], counter);
    expect(waste.jsonBloatTokens).toBe(
      counter.countText(formatted) - counter.countText(JSON.stringify(value)),
    );
    expect(waste.total).toBe(waste.jsonBloatTokens);
  });

  it('find dates and ids in system prompts alone', () => {
    const text = 'Today is 2026-11-22.';
    expect(wasteSignals([{ role: 'system', content: text }], counter).dynamicDateTokens).toBeGreaterThan(0);
    expect(wasteSignals([{ role: 'user', content: text }], counter).dynamicDateTokens).toBe(0);
  });

  it('find tags of HTML, runs of base64, spare space and repeated lines', () => {
    const html = wasteSignals([tool('<html><body><p class="x">Hello there</p></body></html>')], counter);
    expect(html.htmlNoiseTokens).toBeGreaterThan(0);
    expect(wasteSignals([tool('x'.repeat(200))], counter).base64Tokens).toBeGreaterThan(0);
    expect(wasteSignals([tool('a    b    \n\n\n\n\nc')], counter).whitespaceTokens).toBeGreaterThan(0);
    const line = 'the same line of output again';
    expect(wasteSignals([tool(line), tool(line)], counter).repetitionTokens).toBe(counter.countText(line));
  });

  it('find none in plain words', () => {
    expect(wasteSignals([{ role: 'user', content: 'Which host is full?' }], counter).total).toBe(0);
  });

  it('read the results inside Anthropic blocks', () => {
    const block = { type: 'tool_result', tool_use_id: 't', content: '{ "a":   1 }' };
    const waste = wasteSignals([{ role: 'user', content: [block] }], counter);
    expect(waste.jsonBloatTokens).toBeGreaterThan(0);
  });
});
