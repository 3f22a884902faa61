import { afterAll, describe, expect, it } from 'vitest';
import { compressMessages, type CompressionRequest } from '#libs/compression';
import { loadTokenCounter } from '#libs/tokens';
import { PiscinaCompressionRunner } from './piscina-compression-runner.js';

function rows(count: number, tag = 'row'): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, id) => ({
      id,
      name: `${tag} ${String(id)}`,
      status: 'ok',
      score: (id * 7) % 100,
    })),
  );
}

function request(content: string, more: Partial<CompressionRequest> = {}): CompressionRequest {
  return {
    messages: [
      { role: 'user', content: 'Which rows are there?' },
      { role: 'tool', tool_call_id: 'call_1', content },
    ],
    ...more,
  };
}

describe('running compression beside the event loop', () => {
  const runner = new PiscinaCompressionRunner();
  afterAll(() => runner.close());

  it.each([100, 4000, 500])('gives the same bytes as the pipeline itself for %d rows', async (count) => {
    const asked = request(rows(count), { userId: 'ada' });
    const outcome = await runner.run(asked);
    expect(outcome).toEqual(await compressMessages(asked, await loadTokenCounter()));
    expect(outcome.messages[0]).toBe(asked.messages[0]);
    expect(await runner.run(asked)).toEqual(outcome);
  });

  it('keeps the user apart from what it remembers', async () => {
    const of = async (userId: string) =>
      (await runner.run(request(rows(50), { userId }))).originals[0]?.userId;
    expect(await of('ada')).toBe('ada');
    expect(await of('bob')).toBe('bob');
  });

  it('does what is not large on the spot while all workers are busy', async () => {
    const ended: string[] = [];
    const run = async (name: string, count: number) => {
      await runner.run(request(rows(count, name)));
      ended.push(name);
    };
    const large = ['a', 'b', 'c'].map((name) => run(name, 10_000));
    await run('middle', 500);
    expect(ended).toEqual(['middle']);
    await Promise.all(large);
  });

  it('gives the request back when the deadline passes', async () => {
    const asked = request(rows(60_000, 'late'), { config: { deadlineMs: 0 } });
    const outcome = await runner.run(asked);
    expect(outcome.messages).toEqual(asked.messages);
    expect(outcome.changed).toEqual([false, false]);
    expect(outcome.reports.map(({ reason }) => reason)).toContain('deadline');
  });

  it('takes any deadline', async () => {
    const asked = request(rows(4000, 'patient'), { config: { deadlineMs: Number.MAX_SAFE_INTEGER } });
    expect((await runner.run(asked)).reports[1]?.reason).toBe('compressed');
  });

  it('gives the request back when the caller has gone', async () => {
    const gone = new AbortController();
    const asked = request(rows(30_000, 'gone'));
    const running = runner.run(asked, { signal: gone.signal });
    setTimeout(() => {
      gone.abort();
    }, 20);
    const outcome = await running;
    expect(outcome.messages).toEqual(asked.messages);
    expect(outcome.originals).toEqual([]);
  });

  it('goes on after a worker was ended', async () => {
    const outcome = await runner.run(request(rows(5000, 'again')));
    expect(outcome.reports[1]?.reason).toBe('compressed');
  });
});
