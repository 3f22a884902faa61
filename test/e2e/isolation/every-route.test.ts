import { expect, it } from 'vitest';
import { anApp } from '../../support/an-app.js';
import { BY_ADDRESS, OF_THE_TENANT, READS_OF_A_SCOPE, WITHOUT_A_SCOPE, WRITES } from './routes.js';

it('every route is tried by the tests of isolation, or named with the reason why it need not be', async () => {
  const app = await anApp();
  try {
    const { body } = await app.send('GET', '/openapi.json');
    const paths = body['paths'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = [
      ...[READS_OF_A_SCOPE, BY_ADDRESS, WRITES, WITHOUT_A_SCOPE].flatMap((table) => Object.keys(table)),
      ...OF_THE_TENANT,
    ];
    expect(known.toSorted()).toEqual(operations.toSorted());
  } finally {
    await app.close();
  }
});
