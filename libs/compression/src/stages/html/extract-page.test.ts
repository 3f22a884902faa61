import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractPage } from './extract-page.js';
import { stripTags } from './strip-tags.js';
import { visibleSource } from './visible-source.js';

const PARAGRAPH =
  'A paragraph of some length, with a comma and a full stop, as people write them all the time.';

describe('reading what a page says, whatever it is', () => {
  it.each([
    ['open angles', `<html><body>${'<'.repeat(1_000_000)}`],
    ['nested boxes', `<html><body>${'<div>'.repeat(10_000)}${PARAGRAPH}${'</div>'.repeat(10_000)}`],
    ['one long script', `<html><body><p>${PARAGRAPH}</p><script>${'a<b;'.repeat(250_000)}`],
    ['open comments', `<html><body><p>${PARAGRAPH}</p>${'<!--'.repeat(200_000)}`],
    ['ends of nothing', `<html><body><p>${PARAGRAPH}</p>${'</div></p>'.repeat(10_000)}`],
    ['an attribute that never ends', `<html><body><p>${PARAGRAPH}</p><a href="${'x'.repeat(500_000)}`],
    ['ampersands', `<html><body><p>${PARAGRAPH}</p>${'&#x'.repeat(100_000)}`],
    ['NUL bytes and lone surrogates', `<html><body><p>${PARAGRAPH}</p>\u0000\ud800<p\u0000>\udfff`],
    ['4 MB of text', `<html><body>${`<p>${PARAGRAPH}</p>\n`.repeat(40_000)}`],
  ])('gives an answer for %s', async (_, page) => {
    const text = await extractPage(page, false);
    expect(text.length).toBeLessThanOrEqual(page.length);
    if (page.includes(PARAGRAPH)) expect(text).toContain(PARAGRAPH);
  });

  it('never throws for what stands in a page, and gives the same twice', async () => {
    const tag = fc.constantFrom(
      ...'<p> </p> <div> </div> <table> <tr> <td> <ul> <li> <pre> <a href="x"> </a> <br> <h1> <title> <script> </script>'.split(
        ' ',
      ),
      ...[
        '<!--',
        '-->',
        '<',
        '>',
        '&amp;',
        '&#0;',
        '</',
        '<input type="text">',
        '<select>',
        '<svg',
        ' words, and words. ',
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(tag, fc.string({ unit: 'binary' })), { maxLength: 40 }),
        async (parts) => {
          const page = `<html>${parts.join('')}`;
          expect(await extractPage(page, true)).toBe(await extractPage(page, true));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('leaving out what no reader sees', () => {
  it('cuts comments, scripts, styles and drawings', () => {
    const source = 'a<!-- x -->b<SCRIPT src="x">y</Script >c<style>z</style>d<svg><path/></svg>e<scripture>f';
    expect(visibleSource(source, false).replaceAll(' ', '')).toBe('abcde<scripture>f');
  });

  it('keeps what only looks like it', () => {
    for (const text of ['1 < 2', '<svgs>a</svgs>', '<template>open', 'a <!-- never closed']) {
      expect(visibleSource(text, false)).toBe(text);
    }
  });
});

describe('stripping tags', () => {
  it('puts blocks on lines of their own and reads entities', () => {
    expect(stripTags('<div><p>a &lt; b &amp;&nbsp;c</p>x<b>y</b> 1 < 2</div>&#8364;&#x41;&bogus;')).toBe(
      'a < b & c\nxy 1 < 2\n€A&bogus;',
    );
  });

  it('is never larger than its source', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (source) => stripTags(source).length <= source.length),
    );
  });
});
