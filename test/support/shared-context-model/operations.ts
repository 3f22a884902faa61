import fc from 'fast-check';
import type { Operation } from './model.js';

const KEYS = ['a', 'b', 'c'];
const IDS = ['hand_0', 'hand_1', 'hand_2', 'hand_3'];

const key = fc.constantFrom(...KEYS);
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 3 });
const user = fc.option(fc.constantFrom('ann', 'bob'), { nil: undefined, freq: 1 });
/** Most act for the whole tenant: a key that is bound to a user is refused most of what it tries. */
const by = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: user });
const id = fc.constantFrom(...IDS);

const put = fc.record({
  kind: fc.constant('put' as const),
  by,
  key,
  owner: user,
  text: fc.string({ maxLength: 4, unit: 'binary' }),
  tokens: fc.constantFrom(1, 10, 40),
  sources: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: keys }),
  max: fc.constantFrom(1, 2, 100, 100),
  ttl: fc.constantFrom(50, 1_000),
});
const give = fc.record({
  kind: fc.constant('give' as const),
  by,
  id,
  keys,
  budget: fc.option(fc.constantFrom(5, 30, 60), { nil: undefined }),
  ttl: fc.constantFrom(30, 1_000),
});

/** What agents do, in any order. */
export const anAction: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 4, arbitrary: give },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('accept' as const), by, id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), by, key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), by }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('find' as const), by, key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), by }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('handoffs' as const),
      by,
      status: fc.constantFrom('pending' as const, 'accepted' as const, 'expired' as const),
    }),
  },
);

/** And what happens meanwhile. */
export const anOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 20, arbitrary: anAction },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(10, 40) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);
