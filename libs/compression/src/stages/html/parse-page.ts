import { PageBuilder, type PageElement } from './page-tree.js';

/** Parses a page, or a part of one; never throws for what stands in it. The parser is loaded at first use. */
export async function parsePage(source: string): Promise<PageElement> {
  const { Parser } = await import('htmlparser2');
  const builder = new PageBuilder();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        builder.open(name, new Map(Object.entries(attributes)));
      },
      ontext: (text) => {
        builder.text(text);
      },
      onclosetag: () => {
        builder.close();
      },
    },
    { decodeEntities: true },
  );
  parser.end(source);
  return builder.root;
}
