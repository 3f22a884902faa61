import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const SOURCE = fileURLToPath(new URL('./scan-kernel.wat', import.meta.url));
/** Generated from the source beside it; the server carries this file alone. */
export const GENERATED = fileURLToPath(new URL('./scan-kernel.wasm.ts', import.meta.url));

/** The generated file as it should be: the kernel's bytes in base64. */
export async function generatedKernel(): Promise<string> {
  const toolkit = await wabt();
  const module = toolkit.parseWat('scan-kernel.wat', readFileSync(SOURCE, 'utf8'), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,100}/g);
  return [
    '/** Made from scan-kernel.wat by `npm run kernel`; not to be edited. */',
    'export const SCAN_KERNEL = [',
    ...(lines ?? []).map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}
