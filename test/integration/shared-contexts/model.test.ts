import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InMemoryHandoffStore,
  InMemoryOriginalStore,
  InMemorySharedContextStore,
  SqlHandoffStore,
  SqlOriginalStore,
  SqlSharedContextStore,
} from '#libs/adapters';
import { describeOnDatabases, newTenant, postgresKind, sqliteKind } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { A_RETENTION } from '../../support/original-stores.js';
import { explain, type Done } from '../../support/shared-context-model/explain.js';
import { EMPTY, step, type Model, type Operation } from '../../support/shared-context-model/model.js';
import { anAction, anOperation } from '../../support/shared-context-model/operations.js';
import { perform, type Real } from '../../support/shared-context-model/perform.js';

interface Holder {
  model: Model;
}

class Doing implements fc.AsyncCommand<Holder, Real> {
  constructor(private readonly operation: Operation) {}

  check({ model }: Readonly<Holder>): boolean {
    return this.operation.kind !== 'give' || model.handoffs[this.operation.id] === undefined;
  }

  async run(holder: Holder, real: Real): Promise<void> {
    const [after, expected] = step(holder.model, this.operation);
    holder.model = after;
    expect(await perform(real, this.operation)).toEqual(expected);
  }

  toString(): string {
    return JSON.stringify(this.operation);
  }
}

/** One handoff per id: later ones under the same id are something else to do. */
function withoutRepeatedIds(actors: readonly (readonly Operation[])[]): Operation[][] {
  const given = new Set<string>();
  return actors.map((operations) =>
    operations.map((operation) => {
      if (operation.kind !== 'give') return operation;
      if (given.has(operation.id)) return { kind: 'list', by: operation.by };
      given.add(operation.id);
      return operation;
    }),
  );
}

const actors = fc
  .array(fc.array(anAction, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })
  .map(withoutRepeatedIds);

/** Every actor does its part in order, all of them at once. */
async function actAtOnce(real: Real, parts: readonly (readonly Operation[])[]): Promise<readonly Done[]> {
  let tick = 0;
  const act = async (operations: readonly Operation[]): Promise<Done[]> => {
    const done: Done[] = [];
    for (const operation of operations) {
      const from = tick++;
      const outcome = await perform(real, operation);
      done.push({ operation, outcome, from, to: tick++ });
    }
    return done;
  };
  return (await Promise.all(parts.map(act))).flat();
}

function behavesLikeTheModel(open: () => Real, runs: number): void {
  it('answers what the model answers, whatever is done', async () => {
    const commands = fc.commands([anOperation.map((operation) => new Doing(operation))], { maxCommands: 40 });
    await fc.assert(
      fc.asyncProperty(commands, (sequence) =>
        fc.asyncModelRun(() => ({ model: { model: EMPTY }, real: open() }), sequence),
      ),
      { numRuns: runs },
    );
  });

  it('answers several at once as if they had come one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anAction, { maxLength: 4 }), actors, async (before, parts) => {
        const real = open();
        const [first = [], ...rest] = withoutRepeatedIds([before, ...parts]);
        const done = [...(await actAtOnce(real, [first]))];
        const base = done.length * 2;
        for (const { from, to, ...each } of await actAtOnce(real, rest)) {
          done.push({ ...each, from: from + base, to: to + base });
        }
        expect(explain(done), JSON.stringify(done, null, 1)).toBeDefined();
      }),
      { numRuns: runs },
    );
  });
}

describe('shared contexts and handoffs in memory', () => {
  behavesLikeTheModel(() => {
    const clock = new FakeClock();
    const originals = new InMemoryOriginalStore(clock, A_RETENTION);
    const contexts = new InMemorySharedContextStore(clock);
    const handoffs = new InMemoryHandoffStore(contexts, originals);
    return { tenantId: newTenant(), clock, contexts, handoffs, originals };
  }, 300);
});

describeOnDatabases(
  'shared contexts and handoffs',
  (database) => {
    behavesLikeTheModel(() => {
      const clock = new FakeClock();
      return {
        tenantId: newTenant(),
        clock,
        contexts: new SqlSharedContextStore(database(), clock),
        handoffs: new SqlHandoffStore(database()),
        originals: new SqlOriginalStore(database(), clock, A_RETENTION),
      };
    }, 40);
  },
  [sqliteKind, postgresKind],
);

it('an order is not found where there is none', () => {
  const put = (from: number, to: number, version: number): Done => ({
    operation: {
      kind: 'put',
      by: undefined,
      key: 'a',
      owner: undefined,
      text: 'x',
      tokens: 1,
      sources: [],
      max: 9,
      ttl: 9,
    },
    outcome: { version, created: version === 1, evicted: [], sources: [] },
    from,
    to,
  });
  expect(explain([put(0, 3, 2), put(1, 2, 1)])).toBeDefined();
  expect(explain([put(0, 1, 2), put(2, 3, 1)])).toBeUndefined();
  expect(explain([put(0, 3, 1), put(1, 2, 1)])).toBeUndefined();
});
