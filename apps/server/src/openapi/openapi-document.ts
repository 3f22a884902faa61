import type { DescribedRoute } from './described-routes.js';
import { SchemaComponents } from './schema-components.js';

type Json = Record<string, unknown>;

const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'request_id', 'error'],
  properties: {
    type: { type: 'string', description: 'urn:headroom:error:<error.type>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, and the remedy.' },
    request_id: { type: 'string' },
    error: {
      type: 'object',
      required: ['type', 'message', 'details'],
      properties: {
        type: { type: 'string', description: 'A stable code, such as not_found.' },
        message: { type: 'string' },
        details: { type: 'object', additionalProperties: true },
      },
    },
  },
};

const METHODS_OF_ALL = ['get', 'post', 'put', 'patch', 'delete'];

/** Builds the OpenAPI 3.1 document of the routes; the same routes give the same document. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string): Json {
  const components = new SchemaComponents();
  const paths: Record<string, Json> = {};
  for (const route of [...routes].sort(byPath)) {
    // A catch-all hands unknown provider routes on; it has no contract of its own.
    if (route.path.includes('*')) continue;
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    for (const method of route.method === 'ALL' ? METHODS_OF_ALL : [route.method.toLowerCase()]) {
      paths[path] = { ...paths[path], [method]: operation(route, components) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headroom',
      version,
      description:
        'The state that several agents share: memory, handed-over context, conversations, originals.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key of this service: hr_…' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-headroom-api-key' },
      },
      schemas: { Error: ERROR_SCHEMA, ...components.schemas },
    },
  };
}

function byPath(a: DescribedRoute, b: DescribedRoute): number {
  return compare(a.path, b.path) || compare(a.method, b.method);
}

/** By code unit, so that the order is the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function operation(route: DescribedRoute, components: SchemaComponents): Json {
  const parameters = [
    ...pathParameters(route),
    ...queryParameters(route, components),
    ...headerParameters(route),
  ];
  return {
    operationId: route.operationId,
    ...(route.document.summary === undefined ? {} : { summary: route.document.summary }),
    tags: [tagOf(route.path)],
    ...(route.options.open === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route, components),
    responses: responses(route, components),
  };
}

function tagOf(path: string): string {
  const [first = 'service', second] = path.split('/').filter((part) => part !== '');
  return first === 'v1' && second !== undefined ? second : 'service';
}

function pathParameters(route: DescribedRoute): Json[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(route: DescribedRoute, components: SchemaComponents): Json[] {
  if (route.query === undefined) return [];
  const schema = components.add(`${route.operationId}Query`, route.query, 'input');
  const required = (schema['required'] ?? []) as string[];
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, property]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    schema: property,
  }));
}

function headerParameters(route: DescribedRoute): Json[] {
  const named = Object.entries(route.document.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
  const isReplayable =
    route.method === 'POST' && route.options.provider !== true && route.options.replayable !== false;
  if (!isReplayable) return named;
  const description = 'The same key and body give the first answer again for 24 h; another body is a 409.';
  const schema = { type: 'string', maxLength: 255 };
  return [...named, { name: 'Idempotency-Key', in: 'header', description, schema }];
}

function requestBody(route: DescribedRoute, components: SchemaComponents): Json {
  if (route.body === undefined) return {};
  const schema = components.add(`${route.operationId}Body`, route.body, 'input');
  const type = route.document.bodyType ?? 'application/json';
  return { requestBody: { required: true, content: { [type]: { schema } } } };
}

function responses(route: DescribedRoute, components: SchemaComponents): Json {
  const answers = route.document.answers ?? { [route.status]: undefined };
  const type = route.document.contentType ?? 'application/json';
  const described = Object.entries(answers).map(([status, schema]): [string, Json] => {
    if (schema === null) return [status, { description: 'Done' }];
    const content =
      schema === undefined ? {} : components.add(`${route.operationId}Answer${status}`, schema, 'output');
    return [status, { description: 'Done', content: { [type]: { schema: content } } }];
  });
  return { ...Object.fromEntries<Json>(described), default: errorResponse(route) };
}

function errorResponse(route: DescribedRoute): Json {
  if (route.options.provider === true) {
    return {
      description: "A fault, in the provider's own shape",
      content: { 'application/json': { schema: {} } },
    };
  }
  const type = route.options.errors === 'wire' ? 'application/json' : 'application/problem+json';
  return { description: 'A fault', content: { [type]: { schema: { $ref: '#/components/schemas/Error' } } } };
}
