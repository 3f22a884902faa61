import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { ROUTES } from '../app.module.js';
import { VERSION } from '../version.js';
import { describeRoutes } from './described-routes.js';
import { openApiDocument } from './openapi-document.js';

const FILE = 'apps/server/openapi.json';

const document = `${JSON.stringify(openApiDocument(describeRoutes(ROUTES), VERSION), null, 2)}\n`;
if (process.argv.includes('--check')) {
  if (read() !== document) {
    process.stderr.write(`${FILE} is stale: run \`npm run openapi\` and commit it.\n`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, document);
}

function read(): string {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
}
