/** One table per kind of content; each part measures what it names and says which data it read. */
const PARTS: readonly (() => Promise<void>)[] = [];

export async function benchmarkCompression(): Promise<void> {
  for (const part of PARTS) await part();
}
