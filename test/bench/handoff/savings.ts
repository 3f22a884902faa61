import { JsonClient } from '../json-client.js';
import { percent } from '../recall/tables.js';
import { printTable } from '../table.js';
import type { Deployment } from './deployments.js';
import { toolOutputs } from './outputs.js';

const CONTEXT = '/v1/shared-contexts/savings';

interface Put {
  readonly original_tokens: number;
  readonly compressed_tokens: number;
}

/** Tokens that a receiver of real tool outputs does not have to read, and whether each original comes back exactly. */
export async function measureSavings({ urls }: Deployment): Promise<Readonly<Record<string, unknown>>> {
  const client = new JsonClient(urls[0]);
  const figures: Record<string, unknown> = {};
  const rows: string[][] = [];
  try {
    for (const { kind, texts, isTarget } of toolOutputs()) {
      let [before, after, exact] = [0, 0, 0];
      for (const text of texts) {
        const path = `${CONTEXT}/entries/output`;
        const put = JSON.parse(await client.put(path, { content: text })) as Put;
        before += put.original_tokens;
        after += put.compressed_tokens;
        const { content } = JSON.parse(await client.get(`${path}?full=true`)) as { content: unknown };
        if (content === text) exact++;
      }
      const saved = 1 - after / before;
      rows.push([
        kind,
        String(texts.length),
        String(before),
        String(after),
        percent(saved),
        `${exact} of ${texts.length}`,
        isTarget ? '≥ 80' : '',
      ]);
      figures[kind] = { saved, exact, texts: texts.length };
    }
  } finally {
    client.close();
  }
  printTable(
    'Tokens saved on handoffs of real tool outputs',
    ['content', 'outputs', 'tokens', 'handed over', 'saved %', 'originals exact', 'target'],
    rows,
  );
  return figures;
}
