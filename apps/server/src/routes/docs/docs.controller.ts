import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { notFound } from '#libs/kernel';
import { Documented } from '../../http/documented.js';
import { OpenRoute } from '../../http/route-options.js';
import { DOCS_PAGE, DOCS_SCRIPT } from './docs-page.js';
import { openApiFile } from './openapi-file.js';

/** The files of Swagger UI that the page needs; nothing else of the package is reachable. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

@Controller()
export class DocsController {
  @Get('openapi.json')
  @OpenRoute()
  @Header('content-type', 'application/json; charset=utf-8')
  @Documented({ summary: 'This document' })
  async openApi(): Promise<string> {
    return readFile(openApiFile(), 'utf8');
  }

  @Get('docs')
  @OpenRoute()
  @Header('content-type', 'text/html; charset=utf-8')
  @Documented({ summary: 'Swagger UI', contentType: 'text/html' })
  page(): string {
    return DOCS_PAGE;
  }

  @Get('docs/start.js')
  @OpenRoute()
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Documented({ summary: "Starts the page's Swagger UI", contentType: 'text/javascript' })
  script(): string {
    return DOCS_SCRIPT;
  }

  @Get('docs/:file')
  @OpenRoute()
  @Documented({ summary: 'A file of Swagger UI', contentType: 'application/octet-stream' })
  asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    const type = ASSETS.get(file);
    if (type === undefined) throw notFound('file');
    void reply.header('cache-control', 'public, max-age=86400');
    return new StreamableFile(createReadStream(join(swaggerUiFolder(), file)), { type });
  }
}

/** Resolved, not imported: the package's own entry would load the whole page into this process. */
function swaggerUiFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
