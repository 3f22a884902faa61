import { z } from 'zod';

type Json = Record<string, unknown>;

/** JSON schemas of zod schemas; a schema that refers to itself becomes a named component of the document. */
export class SchemaComponents {
  readonly schemas: Record<string, Json> = {};

  /** @param io whether the schema stands for what is sent or for what is answered. */
  add(name: string, schema: z.ZodType, io: 'input' | 'output'): Json {
    const {
      $schema: _dialect,
      $defs: definitions,
      ...own
    } = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
    }) as Json & { $defs?: Record<string, Json> };
    const text = JSON.stringify({ own, definitions: definitions ?? {} });
    if (!text.includes('"$ref":"#')) return own;
    const moved = JSON.parse(
      text
        .replaceAll('"$ref":"#/$defs/', `"$ref":"#/components/schemas/${name}.`)
        .replaceAll('"$ref":"#"', `"$ref":"#/components/schemas/${name}"`),
    ) as { own: Json; definitions: Record<string, Json> };
    this.schemas[name] = moved.own;
    for (const [key, definition] of Object.entries(moved.definitions))
      this.schemas[`${name}.${key}`] = definition;
    return { $ref: `#/components/schemas/${name}` };
  }
}
