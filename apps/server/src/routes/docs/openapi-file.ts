import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = join('apps', 'server', 'openapi.json');

/** The committed document, found upwards from here: sources and build lie at different depths of the same folder. */
export function openApiFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, NAME))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${NAME} is missing: run npm run openapi.`);
    folder = parent;
  }
  return join(folder, NAME);
}
