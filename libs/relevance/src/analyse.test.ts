import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from './index.js';

describe('analyse', () => {
  it('stems English words and leaves stop words out', () => {
    expect(analyse('The payments were failing; they have failed again')).toEqual(['payment', 'fail', 'fail']);
    expect(analyse("Don't you know?")).toEqual(['know']);
  });

  it('keeps identifiers, paths and addresses whole and gives their parts', () => {
    expect(analyse('getUserName')).toEqual(['getusername', 'get', 'user', 'name']);
    expect(analyse('parseHTTPResponse')).toEqual(['parsehttpresponse', 'pars', 'http', 'respons']);
    expect(analyse('src/libs/token_counter.ts')).toEqual([
      'src/libs/token_counter.ts',
      'src',
      'lib',
      'token',
      'counter',
      'ts',
    ]);
    expect(analyse('mail ada@example.com now')).toEqual(['mail', 'ada@example.com', 'ada', 'exampl', 'com']);
    expect(analyse('ORD-12345')).toEqual(['ord-12345', 'ord', '12345']);
  });

  it('keeps numbers', () => {
    expect(analyse('404 at 10.0.0.1, pi is 3.14')).toEqual([
      '404',
      '10.0.0.1',
      '10',
      '0',
      '0',
      '1',
      'pi',
      '3.14',
      '3',
      '14',
    ]);
  });

  it('gives bigrams of Chinese, Japanese and Korean beside what stands between', () => {
    expect(analyse('東京都')).toEqual(['東京', '京都']);
    expect(analyse('猫')).toEqual(['猫']);
    expect(analyse('error発生: 東京')).toEqual(['error', '発生', '東京']);
  });

  it('segments scripts that need a dictionary', () => {
    expect(analyse('สวัสดีชาวโลก').length).toBeGreaterThan(1);
  });

  it('brings irregular forms back to their base', () => {
    expect(analyse('went bought children')).toEqual(analyse('go buy child'));
  });

  it('keeps other alphabets as words, with or without accents and vowel signs', () => {
    expect(analyse('Ömer écrit ПРИВЕТ')).toEqual(['omer', 'ecrit', 'привет']);
    expect(analyse('Größe und Straße')).toEqual(analyse('Grösse und Strasse'));
    expect(analyse('ёлка')).toEqual(analyse('елка'));
    expect(analyse('القِطَّةُ أحمد')).toEqual(analyse('القطة احمد'));
    expect(analyse('हिन्दी')).toEqual(['हिन्दी']);
  });

  it.each([
    ['Chinese', '她在上海的一家医院工作', '上海'],
    ['Japanese', '彼女は京都で抹茶を飲みます', '抹茶'],
    ['Korean', '그녀는 서울에서 커피를 마신다', '커피'],
    ['Arabic', 'تعيش سارة في القاهرة منذ عامين', 'القاهرة'],
    ['Russian', 'Она работает врачом в Москве', 'врачом'],
    ['German', 'Sie züchtet Bienen in Göttingen', 'göttingen'],
  ])('lets a text in %s be found by its own word', (_, text, word) => {
    const terms = new Set(analyse(text));
    expect(analyse(word).length).toBeGreaterThan(0);
    expect(analyse(word).every((term) => terms.has(term))).toBe(true);
  });

  it('gives the same terms for upper and lower case, and for equivalent characters', () => {
    const word = fc.stringMatching(/^[a-z0-9 ._/-]{0,40}$/);
    fc.assert(
      fc.property(word, (text) => {
        expect(analyse(text.toUpperCase())).toEqual(analyse(text));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(analyse(text.normalize('NFKC'))).toEqual(analyse(text));
      }),
    );
    expect(analyse('ＡＢＣ ﬁle')).toEqual(analyse('abc file'));
  });

  it('takes any string, always with the same terms', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(any, (text) => {
        const terms = analyse(text);
        expect(terms).toEqual(analyse(text));
        for (const term of terms) expect(term).not.toBe('');
      }),
    );
  });

  it('takes a megabyte without a space', () => {
    expect(analyse('x'.repeat(1_000_000))[0]).toHaveLength(256);
    expect(analyse('a/b+'.repeat(250_000))).toHaveLength(250_000);
    expect(analyse('語'.repeat(100_000))).toHaveLength(99_999);
  });
});
