import { describe, expect, it } from 'vitest';
import { InMemoryTurns, SqlTurns } from '#libs/adapters';
import { describeOnDatabases } from '../support/databases.js';
import { turnsContract } from './turns.contract.js';

describe('Turns in memory', () => {
  turnsContract(() => {
    const held = new Map<string, InMemoryTurns>();
    return Promise.resolve([new InMemoryTurns(held), new InMemoryTurns(held)]);
  });
});

describeOnDatabases('Turns', (database) => {
  const forgetAll = () => database().dataSource.query('DELETE FROM turns');

  turnsContract(async () => {
    await forgetAll();
    return [new SqlTurns(database(), 'one'), new SqlTurns(database(), 'other')];
  });

  it('are renewed while their process lives, and free soon after it died', async () => {
    await forgetAll();
    const life = 300;
    const one = new SqlTurns(database(), 'one', life);
    const other = new SqlTurns(database(), 'other', life);
    const turn = await one.take('embedding');
    await new Promise((resolve) => setTimeout(resolve, 2 * life));
    expect(turn?.isHeld).toBe(true);
    expect(await other.take('embedding')).toBeNull();
    await turn?.end();
    // One that died holds a row that nobody renews.
    await database().dataSource.query(
      `INSERT INTO turns (name, holder, held_until) VALUES ('embedding', 'dead', 1)`,
    );
    expect(await other.take('embedding')).not.toBeNull();
  });

  it('are lost to another process after a standstill, and the holder knows', async () => {
    await forgetAll();
    const turn = await new SqlTurns(database(), 'one', 300).take('embedding');
    await database().dataSource.query(`UPDATE turns SET holder = 'other', held_until = 9e15`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(turn?.isHeld).toBe(false);
    await turn?.end();
    const rows: unknown[] = await database().dataSource.query(`SELECT holder FROM turns`);
    expect(rows).toEqual([{ holder: 'other' }]);
  });
});
