import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { type CompressionSettings, completeConfig } from '../../compression-config.js';
import type { StageResult } from '../stage.js';
import { needlesIn } from './needles.js';
import { sentenceEnds } from './sentence-ends.js';
import { splitUnits } from './split-units.js';
import { textStage } from './text-stage.js';
import { TokenClassifier } from './token-classifier.js';

const HASH = 'b'.repeat(24);
const ROOMS = ['kitchen', 'garden', 'cellar', 'attic', 'library', 'stable', 'workshop', 'orchard'];
const chapter = (room: string): string =>
  `## The ${room}\n\n` +
  `The ${room} of the old house was built long before anybody who lives there now was born. ` +
  `Visitors walk through it slowly and say how quiet it is, and then they go on to the next room.\n\n` +
  `On winter mornings the light falls across the floor, and the people of the house sit there together. ` +
  `Nobody remembers who put the chairs where they stand, and nobody would think of moving them.\n\n` +
  `Children used to play here until the bell rang, and some of them still come back to look at it. ` +
  `The smell of wood and apples has stayed the same for as long as anyone can tell.\n\n`;
const HOUSE = `# The old house\n\n${ROOMS.map(chapter).join('')}`;
const SECRET = 'The silver key to the archive hangs behind the blue clock.\n\n';

class EveryOther extends TokenClassifier {
  override keepProbabilities(words: readonly string[]): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(words, (_, index) => index % 2));
  }
}

class Broken extends TokenClassifier {
  override keepProbabilities(): Promise<Float32Array> {
    return Promise.reject(new Error('no model'));
  }
}

describe('compressing prose', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  async function compress(
    text: string,
    query = '',
    settings: CompressionSettings = {},
    isLate = false,
    classifier?: TokenClassifier,
  ): Promise<StageResult> {
    return textStage(
      { text, tokens: counter.countText(text), content: { kind: 'text', confidence: 1, reason: '' } },
      {
        counter,
        config: completeConfig(settings),
        tools: { classifier },
        query,
        originalHash: HASH,
        isLate: () => isLate,
        route: () => Promise.resolve('not_compressible'),
      },
    );
  }

  async function told(...args: Parameters<typeof compress>): Promise<string> {
    const output = await compress(...args);
    return typeof output === 'string' ? output : output.text;
  }

  it('keeps about the share that is asked for, all headings, and says where the rest is', async () => {
    const text = await told(HOUSE);
    const share = counter.countText(text) / counter.countText(HOUSE);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.45);
    for (const room of ROOMS) expect(text).toContain(`## The ${room}\n`);
    expect(text.split('\n').at(-1)).toMatch(
      new RegExp(`^\\[\\d+ lines compressed to \\d+\\. Retrieve more: hash=${HASH}\\]$`),
    );
  });

  it('keeps what answers the question, wherever it stands', async () => {
    const parts = HOUSE.split('\n\n');
    for (const place of [3, 11, 20, parts.length - 2]) {
      const text = parts.toSpliced(place, 0, SECRET.trim()).join('\n\n');
      expect(await told(text, 'Where is the key to the archive?')).toContain(SECRET.trim());
    }
  });

  it('keeps every line as it was, in its order', async () => {
    const text = await told(HOUSE, 'apples', { mode: 'lossy_inline' });
    let from = 0;
    for (const piece of text.split(/\s*\[…[^\]]*\]\s*/).filter((each) => each !== '')) {
      const found = HOUSE.indexOf(piece, from);
      expect(found, piece).toBeGreaterThanOrEqual(from);
      from = found + piece.length;
    }
  });

  it('tells ids, amounts and dates of what it leaves out', async () => {
    const fact =
      'Somebody paid $1,250.00 on 2024-03-09 for order ORD-77812, they say, and nobody asked why.\n\n';
    const text = await told(HOUSE.replace('## The attic', `${fact}## The attic`), 'winter light');
    for (const needle of ['$1,250.00', '2024-03-09', 'ORD-77812']) expect(text).toContain(needle);
  });

  it('tells the names in code that it leaves out, and keeps more where they are dense', async () => {
    const guide = ROOMS.map(
      (room, i) =>
        `${chapter(room)}Call \`open_${room}()\` first, then see [the plan](#plan-of-${room}).\n\n` +
        `\`\`\`ts\nconst ${room}Door = house.rooms.${room}.open({ lightLevel${i}: true });\n\`\`\`\n\n`,
    ).join('');
    const text = await told(guide, 'winter light');
    for (const room of ROOMS) {
      for (const name of [`open_${room}`, `#plan-of-${room}`, `${room}Door`, `house.rooms.${room}.open`])
        expect(text).toContain(name);
    }
    expect(counter.countText(text) / counter.countText(guide)).toBeGreaterThan(0.42);
  });

  it('tells the same sentence once', async () => {
    const text = await told(HOUSE.replaceAll('## The', `${SECRET}## The`), 'key archive');
    expect(text.split(SECRET.trim())).toHaveLength(2);
  });

  it('keeps the head of a table with its rows', async () => {
    const rows = ROOMS.map((room, i) => `| ${room} | ${i * 3} windows |`).join('\n');
    const table = `| Room | Windows |\n| --- | --- |\n${rows}\n\n`;
    const text = await told(HOUSE + table, 'How many windows has the cellar?');
    expect(text).toContain('| Room | Windows |\n| --- | --- |\n');
    expect(text).toContain('| cellar | 6 windows |');
  });

  it('lets a classifier choose the words where one is there and asked for', async () => {
    const settings = { llmlingua: { enabled: true, textRate: 0.3 } };
    const short = await told(HOUSE, '', settings, false, new EveryOther());
    expect(counter.countText(short)).toBeLessThan(counter.countText(HOUSE) * 0.6);
    expect(short).toContain('## The kitchen\n');
    expect(short).not.toContain('[…]');
    expect(await told(HOUSE, '', settings)).toContain('[…]');
    expect(await told(HOUSE, '', settings, false, new Broken())).toContain('[…]');
  });

  it('leaves nothing out in lossless mode, of short texts, and without time', async () => {
    expect(await told(HOUSE, '', { mode: 'lossless' })).toBe('not_smaller');
    expect(await told(chapter('kitchen'))).toBe('not_smaller');
    expect(await told(HOUSE, '', {}, true)).toBe('deadline');
  });

  it('does not take an extract for a text to extract from', async () => {
    const once = await told(HOUSE, '', { mode: 'lossy_inline' });
    expect(once).not.toContain('hash=');
    expect(await told(once, '', { mode: 'lossy_inline' })).toBe('already_compressed');
  });

  it('never leaves lines out of what is no prose', async () => {
    const data = Array.from({ length: 60 }, (_, i) => `<key>k${i}</key><string>${i * 7919}</string>`).join(
      '\n',
    );
    const output = await compress(`<?xml version="1.0"?>\n${data}`);
    expect(typeof output === 'string' || !output.isLossy).toBe(true);
  });

  it('names blobs instead of showing them', async () => {
    const blob = 'QUJDRGVmZ2hpamtsbW5vcHFyc3R1dnd4eXow'.repeat(300);
    const alone = await told(blob);
    expect(alone).toMatch(/^QUJDRGVmZ2hpamts\[base64, 10,800 characters\]\n\[.*hash=b{24}\]$/);
    const inProse = await told(`${chapter('kitchen')}Its picture: ${blob}\n`);
    expect(inProse).toContain(chapter('kitchen'));
    expect(inProse).toContain('Its picture: QUJDRGVmZ2hpamts[base64, 10,800 characters]\n');
    expect(await told(blob, '', { mode: 'lossless' })).toBe('not_smaller');
  });

  it('is never larger, and the same each time', async () => {
    const word = fc.constantFrom(
      'the house',
      'Rain fell.',
      '\n\n',
      '- item\n',
      '# Head\n',
      'ORD-1234 ',
      '| a | b |\n',
      '```\n',
      '雪が降る。',
      'It was so!',
    );
    const text = fc.array(word, { minLength: 200, maxLength: 400 }).map((words) => words.join(' '));
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const output = await compress(each, 'rain');
        if (typeof output !== 'string') expect(output.tokens).toBeLessThan(counter.countText(each));
        expect(await compress(each, 'rain')).toEqual(output);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['one character', 'x'.repeat(1_000_000)],
    ['no space', 'lorem,ipsum;'.repeat(80_000)],
    ['no line end', 'the house is quiet and '.repeat(40_000)],
    ['only stops', '. '.repeat(300_000)],
    ['only fences', '```\n~~~\n'.repeat(100_000)],
  ])('takes a megabyte of %s', async (_name, text) => {
    const output = await compress(text, 'house', {}, false);
    expect(typeof output === 'string' || output.tokens < counter.countText(text)).toBe(true);
  });
});

describe('the units of a text', () => {
  it('are the text when joined', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '\n\n',
        '# H\n',
        '- i\n',
        '```\n',
        '| a |\n|---|\n',
        'A sentence. ',
        '===\n',
        'Ada: hi\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('').trimStart();
        const joined = splitUnits(text)
          .map((unit) => unit.text + unit.gap)
          .join('');
        expect(joined.trimStart()).toBe(text);
      }),
    );
  });

  it('are headings, list items, tables and fences of their own', () => {
    const kinds = splitUnits(
      '# A\nText.\n- one\n  more of it\n- two\n\n| a |\n| - |\n| b |\n```\nx\n```\nB\n===\n',
    ).map(({ kind }) => kind);
    expect(kinds).toEqual(['heading', 'sentence', 'item', 'item', 'table_head', 'row', 'fence', 'heading']);
  });

  it('are what each speaker says', () => {
    const said =
      'Ada: I went to the market yesterday and bought plums.\nBob: That sounds nice, what else was there?\n';
    expect(splitUnits(said)).toHaveLength(2);
  });

  it('end with sentences, not with abbreviations and numbers', () => {
    const text = 'Dr. Lee paid $3.50 to A. Smith, e.g. for tea. Then she left! Why? No.';
    expect(sentenceEnds(text).map((end, i, ends) => text.slice(ends[i - 1] ?? 0, end))).toEqual([
      'Dr. Lee paid $3.50 to A. Smith, e.g. for tea. ',
      'Then she left! ',
      'Why? ',
      'No.',
    ]);
  });
});

describe('needles', () => {
  it('are what cannot be guessed', () => {
    const text =
      'Order ORD-55 of 3 May 2024 (EUR 7, $12.50, 15%) went to ada@example.com, see https://x.org/a?b=1, commit 3f2a9bc, ' +
      'v1.2.3, max_retries, HTTP_PORT, 10:45 pm, #42 and 1,234,567 people in 3 towns.';
    expect(needlesIn(text)).toEqual([
      'ORD-55',
      '3 May 2024',
      '$12.50',
      '15%',
      'ada@example.com',
      'https://x.org/a?b=1',
      '3f2a9bc',
      'v1.2.3',
      'max_retries',
      'HTTP_PORT',
      '10:45 pm',
      '#42',
      '1,234,567',
    ]);
  });

  it('are found in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const needle of needlesIn(text)) expect(text).toContain(needle);
      }),
    );
  });
});
