import sharp from 'sharp';
import { openTools } from '#libs/adapters';
import { compressMessages } from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';
import { ms, printTable } from '../table.js';
import { percentSaved, timing } from './measure.js';

const QUESTION = 'What animal is this?';
/** Model, side of the picture in pixels, and the share that the documentation of the original says is saved. */
const CASES: readonly (readonly [model: string, side: number, documented: string])[] = [
  ['gpt-4o', 1024, '89%'],
  ['claude-sonnet-4-5', 1024, '75%'],
  ['gemini-2.5-pro', 1536, '75%'],
];

/** Drawn pictures, asked about in general: what each provider bills before and after, and the time with decoding. */
export async function benchmarkImages(): Promise<void> {
  const tools = openTools();
  const rows: string[][] = [];
  for (const [model, side, documented] of CASES) {
    const url = `data:image/jpeg;base64,${(await picture(side)).toString('base64')}`;
    const image = { type: 'image_url', image_url: { url } };
    const messages = [{ role: 'user', content: [{ type: 'text', text: QUESTION }, image] }];
    const counter = await loadTokenCounter(model);
    const compress = () => compressMessages({ messages, model }, counter, { tools });
    const { tokensBefore, tokensAfter, reports } = await compress();
    const { p50, p95 } = await timing(compress, 9, 2);
    rows.push([
      `${model}, ${side}×${side}`,
      String(tokensBefore),
      String(tokensAfter),
      percentSaved(tokensBefore, tokensAfter),
      documented,
      reports[0]?.transforms.join(' ') ?? '',
      ms(p50),
      ms(p95),
    ]);
  }
  printTable(
    'Images with a general question (whole prompt; the small technique of each provider)',
    ['case', 'tokens in', 'out', 'saved', 'documented', 'transform', 'p50 ms', 'p95 ms'],
    rows,
  );
}

/** Soft shades as of a photograph. */
function picture(side: number): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = 128 + Math.round(100 * Math.sin(at / 9000));
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer();
}
