import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { invalid, type Fault, type HeadroomError } from '#libs/kernel';

/** What a schema found; zod names the unknown keys of an object beside its message. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

/** More faults than this are counted, not listed: a body of 100,000 faulty items must not make a larger answer. */
const MAX_LISTED = 100;

/** Checks `@Body({ schema })`, `@Query({ schema })` and `@Param('id', { schema })`, and names every fault with its path. */
export class RequestValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: validationError });
  }

  /** A faulty `@Param('context')` is named as `context`: its schema knows the value alone. */
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { type, data: name, schema } = metadata;
    if (type !== 'param' || name === undefined || schema === undefined)
      return super.transform(value, metadata);
    const result = await this.validate(value, schema);
    if (result.issues === undefined) return value;
    throw validationError(result.issues.map((issue) => ({ ...issue, path: [name, ...(issue.path ?? [])] })));
  }

  /** `__proto__` in a body is data that its owner wants back; nothing here copies keys onto other objects. */
  protected override stripProtoKeys(_value: unknown): void {
    // Left as sent on purpose.
  }
}

export function validationError(issues: readonly Issue[]): HeadroomError {
  const faults = issues.flatMap(faultsOf);
  const listed = faults.slice(0, MAX_LISTED);
  const omitted = faults.length - listed.length;
  return invalid(
    omitted === 0 ? listed : [...listed, { path: '', message: `and ${omitted} more faults of this kind` }],
  );
}

function faultsOf(issue: Issue): Fault[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  if (issue.keys !== undefined && issue.keys.length > 0) {
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'is not a known field' }));
  }
  return [{ path: pathText(path), message: readable(issue.message) }];
}

/** zod says of a missing field that undefined was received. */
function readable(message: string): string {
  const missing = /^Invalid input: expected (.+), received undefined$/.exec(message);
  return missing === null ? message : `is required (${missing[1] ?? 'a value'})`;
}

/** `messages[2].role` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    return text === '' ? String(segment) : `${text}.${String(segment)}`;
  }, '');
}
