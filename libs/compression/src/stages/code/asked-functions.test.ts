import { describe, expect, it } from 'vitest';
import { askedFunctions } from './asked-functions.js';
import { grammarOf } from './code-grammar.js';
import type { SyntaxNode } from './syntax-parser.js';

const CODE = `def update_cookie_jar(jar, items):
    jar.update(items)

def get(name):
    return STORE[name]

def render_page(template, values):
    text = template.replace('{title}', values.title)
    return text.encode('latin-1', 'xmlcharrefreplace')
`;

/** Each function as a parser would outline it: its body begins after the colon. */
function outline(code: string): SyntaxNode {
  const children = [...code.matchAll(/^def .*\n(?: .*\n)*/gm)].map(({ index, 0: text }) => {
    const end = index + text.trimEnd().length;
    const block = { type: 'block', start: index + text.indexOf(':\n') + 2, end, children: [] };
    return { type: 'function_definition', start: index, end, children: [block] };
  });
  return { type: 'module', start: 0, end: code.length, children };
}

const asked = (query: string): string[] =>
  [...askedFunctions(CODE, outline(CODE), grammarOf('python'), query, 0.25)].map(
    (start) => /def (\w+)/.exec(CODE.slice(start))?.[1] ?? '',
  );

describe('the functions a question is about', () => {
  it.each([
    ['by its name', 'What does render_page return?', ['render_page']],
    ['by a short name that is called', 'When does get() fail?', ['get']],
    ['by what its name says', 'Where do we update the jar of a cookie?', ['update_cookie_jar']],
    ['by what its body says', 'Which latin encode with xmlcharrefreplace?', ['render_page']],
  ])('finds one %s', (_how, query, names) => {
    expect(asked(query)).toEqual(names);
  });

  it.each(['', 'Where do we get the time from?', 'Is there a cookie?'])('finds none for %j', (query) => {
    expect(asked(query)).toEqual([]);
  });
});
