import { beforeAll, describe, expect, it } from 'vitest';
import { loadTokenCounter, type TokenCounter } from '#libs/tokens';
import { type CompressionSettings, completeConfig } from '../../compression-config.js';
import type { StageResult } from '../stage.js';
import { htmlStage } from './html-stage.js';

const HASH = 'a'.repeat(24);
const sentences = (about: string, count = 3): string =>
  Array.from(
    { length: count },
    (_, i) => `The ${about} was seen by several people, who told us about it on day ${String(i)}.`,
  ).join(' ');

const NEWS = `<!doctype html>
<html><head><title>Bridge opens at last | The Example</title><script>let a = "<p>not text</p>";</script></head>
<body>
<nav><a href="/">Home</a> <a href="/sports">Sports</a></nav>
<div class="page">
  <div class="story">
    <h1>Bridge opens at last</h1>
    <p class="byline">By A. Writer</p>
    <div class="story-body">
      <p>${sentences('bridge')}</p>
      <figure><img src="a.jpg"><figcaption>The bridge, seen from the river on a sunny day in May, by night.</figcaption></figure>
      <p>${sentences('mayor')}</p>
      <p><a href="/more">Read how the old bridge was taken down in only two weeks</a></p>
      <h2>What it cost</h2>
      <ul><li>Steel: 12 million, paid by the city</li><li>Work: 30 million, paid by the <a href="/state">state</a></li></ul>
      <table><tr><th>Year</th><th>Cars</th></tr><tr><td>2018</td><td>1|2</td></tr></table>
      <pre>if (open) {
  cross();
}</pre>
      <p>${sentences('river')} Say <code>go</code>.</p>
      <blockquote class="tweet"><p>I crossed it on my bike this morning, and it was wonderful, wonderful, wonderful.</p></blockquote>
    </div>
    <div class="related"><h3>More</h3><ul><li><a href="/1">Another story about another town and its bridge</a></li></ul></div>
  </div>
  <div id="comments"><div class="comment"><p>${sentences('comment')}</p></div></div>
</div>
<footer><p>Copyright The Example. All rights reserved. Nothing may be copied, neither whole nor in parts.</p></footer>
</body></html>`;

describe('compressing web pages', () => {
  let counter: TokenCounter;
  beforeAll(async () => {
    counter = await loadTokenCounter('gpt-4o');
  });

  async function compress(
    text: string,
    settings: CompressionSettings = {},
    isLate = false,
  ): Promise<StageResult> {
    return htmlStage(
      { text, tokens: counter.countText(text), content: { kind: 'html', confidence: 1, reason: '' } },
      {
        counter,
        config: completeConfig(settings),
        tools: {},
        query: '',
        originalHash: HASH,
        isLate: () => isLate,
        route: () => Promise.resolve('not_compressible'),
      },
    );
  }

  async function told(text: string, settings: CompressionSettings = {}): Promise<string> {
    const output = await compress(text, { mode: 'lossy_inline', ...settings });
    return typeof output === 'string' ? output : output.text;
  }

  it('tells the article as Markdown, without what stands around it', async () => {
    expect(await told(NEWS)).toBe(
      [
        '# Bridge opens at last',
        sentences('bridge'),
        sentences('mayor'),
        '## What it cost',
        '- Steel: 12 million, paid by the city\n- Work: 30 million, paid by the state',
        '| Year | Cars |\n|-|-|\n| 2018 | 1\\|2 |',
        '```\nif (open) {\n  cross();\n}\n```',
        `${sentences('river')} Say \`go\`.`,
        '> I crossed it on my bike this morning, and it was wonderful, wonderful, wonderful.',
      ].join('\n\n'),
    );
  });

  it('ends with a marker that names the original', async () => {
    const output = await compress(NEWS);
    const lines = NEWS.split('\n').length;
    expect(output).toMatchObject({ name: 'html', isLossy: true, itemsBefore: lines });
    if (typeof output === 'string') throw new Error(output);
    expect(output.text.split('\n').at(-1)).toBe(
      `[${String(lines)} lines compressed to ${String(output.itemsAfter)}. Retrieve more: hash=${HASH}]`,
    );
    expect(output.tokens).toBe(counter.countText(output.text));
  });

  it('leaves pages alone in lossless mode and after the deadline', async () => {
    expect(await compress(NEWS, { mode: 'lossless' })).toBe('not_smaller');
    expect(await compress(NEWS, {}, true)).toBe('deadline');
  });

  it('writes links out where asked for', async () => {
    expect(await told(NEWS, { html: { includeLinks: true } })).toContain('paid by the [state](/state)');
  });

  it('leaves out a title that the text tells anyway', async () => {
    const page = NEWS.replace('The bridge was seen', 'At last the bridge opens: it was seen');
    expect(await told(page)).toMatch(/^At last the bridge opens: it was seen/);
  });

  it('gives the same bytes every time, one page after the other', async () => {
    const first = await told(NEWS);
    await told('<html><body><p>Another page, with something else to say.</p></body></html>');
    expect(await told(NEWS)).toBe(first);
  });

  it('finds an article in several boxes', async () => {
    const boxes = Array.from(
      { length: 4 },
      (_, i) =>
        `<section><div class="ad-slot">Ad</div><div class="part"><p>${sentences(`part ${String(i)}`)}</p></div></section>`,
    );
    const text = await told(`<html><body><div class="all">${boxes.join('')}</div></body></html>`);
    for (let i = 0; i < 4; i++) expect(text).toContain(`The part ${String(i)} was seen`);
    expect(text).not.toContain('Ad');
  });

  it('keeps captions of a page that lives in its captions', async () => {
    const pictures = Array.from(
      { length: 8 },
      (_, i) => `<figure><img><figcaption>${sentences(`castle ${String(i)}`)}</figcaption></figure>`,
    );
    const text = await told(`<html><body><div id="pictures">${pictures.join('')}</div></body></html>`);
    expect(text).toContain('The castle 7 was seen');
  });

  it('reads a page that hides its text until a script shows it', async () => {
    const hidden = NEWS.replace('<div class="page">', '<div class="page" style="display: none">');
    expect(await told(hidden)).toBe(await told(NEWS));
  });

  it('reads Japanese, where a sentence is short', async () => {
    const japanese =
      '新しい橋が昨日開通しました。市長は式典で挨拶し、市民に感謝の言葉を述べました。工事には三年かかりました。'.repeat(
        3,
      );
    const page = `<html><body><ul>${'<li><a href="/x">政治</a></li>'.repeat(30)}</ul><div><p>${japanese}</p><p>詳しくは<a href="/y">市の案内</a>をご覧ください。${japanese}</p></div></body></html>`;
    expect(await told(page)).toBe(`${japanese}\n\n詳しくは 市の案内 をご覧ください。${japanese}`);
  });

  describe('when a page is no article', () => {
    it('tells the fields and buttons of a form', async () => {
      const text = await told(
        `<html><head><title>Sign in</title><style>${'a{color:red}'.repeat(40)}</style></head><body>
        <nav><a href="/">Home</a></nav><h1>Welcome</h1><form><label>Name <input name="user" placeholder="Your name"></label>
        <input type="hidden" name="csrf" value="secret"><select><option>One</option><option>Two</option></select>
        <button>Go on</button></form></body></html>`,
      );
      expect(text).toContain('# Sign in');
      expect(text).toContain('Name [field: Your name]');
      expect(text).toContain('[choice: One | Two] [button: Go on]');
      expect(text).not.toMatch(/secret|Home/);
    });

    it('tells all results of a search', async () => {
      const hits = Array.from(
        { length: 20 },
        (_, i) => `<li class="hit"><a href="/p/${String(i)}">Product ${String(i)}</a></li>`,
      );
      const text = await told(
        `<html><body><div class="results"><ul>${hits.join('\n')}</ul></div></body></html>`,
      );
      expect(text.split('\n').filter((line) => line.startsWith('- Product '))).toHaveLength(20);
    });

    it('tells a page of teasers whole, not the longest teaser', async () => {
      const teasers = Array.from(
        { length: 12 },
        (_, i) =>
          `<div class="t${'abcdefghijkl'.charAt(i)}"><h3><a href="/${String(i)}">Story ${String(i)}</a></h3><div><p>${sentences(`thing ${String(i)}`, 1 + (i % 3))}</p></div></div>`,
      );
      const text = await told(`<html><body>${teasers.join('')}</body></html>`);
      for (let i = 0; i < 12; i++) expect(text).toContain(`The thing ${String(i)} was seen`);
    });

    it('says that there is nothing to say of an empty page', async () => {
      expect(await compress(`<html><body><script>${'x'.repeat(2000)}</script></body></html>`)).toBe(
        'not_compressible',
      );
    });
  });

  it('leaves a page that is nearly all text', async () => {
    expect(await compress(`<p>${sentences('bridge', 30)}</p>`)).toBe('not_smaller');
  });

  it('reads a piece of a page', async () => {
    const piece = `<div class="x"><p class="long-name-of-a-class">${sentences('piece')}</p><ul><li class="a">one</li><li class="b">two</li></ul></div>`;
    expect(await told(piece)).toContain('- one\n- two');
  });
});
