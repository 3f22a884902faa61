import { expect, it } from 'vitest';
import { anApp, type AnApp } from '../support/an-app.js';

type Signals = Readonly<Record<string, number>>;

const NONE: Signals = {
  json_bloat_tokens: 0,
  html_noise_tokens: 0,
  base64_tokens: 0,
  whitespace_tokens: 0,
  dynamic_date_tokens: 0,
  repetition_tokens: 0,
  total: 0,
};
const rows = Array.from({ length: 40 }, (_, id) => ({
  id,
  host: `web-${id}.rack.example.org`,
  load: (id * 37) % 91,
}));
const tool = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content });
const wasteful = [
  { role: 'system', content: 'You look after hosts. Today is 2026-11-22.' },
  { role: 'user', content: 'Which host    is full?\n\n\n\n\nTell me   please.' },
  tool('a', JSON.stringify(rows, null, 4)),
  tool('b', `<html><body>${'<p class="row"><b>web</b></p>'.repeat(40)}</body></html>`),
  tool('c', `data: ${'QUJDREVGR0hJSktM'.repeat(60)}`),
  tool('d', JSON.stringify(rows, null, 4)),
];

async function signalsOf(app: AnApp): Promise<Signals> {
  return (await app.send('GET', '/stats')).body['waste_signals'] as Signals;
}

const compress = (app: AnApp, messages: readonly unknown[], config: Record<string, unknown> = {}) =>
  app.send('POST', '/v1/compress', { model: 'gpt-4o', messages, config });

it('tells what of the prompts was waste, by cause', async () => {
  const app = await anApp();
  try {
    expect(await signalsOf(app)).toEqual(NONE);
    await compress(app, [{ role: 'user', content: 'Which host is full?' }]);
    expect(await signalsOf(app)).toEqual(NONE);

    const simulated = await compress(app, wasteful, { default_mode: 'simulate' });
    const told = simulated.body['waste_signals'] as Signals;
    const { total, ...causes } = await signalsOf(app);
    for (const [cause, tokens] of Object.entries(causes)) expect(tokens, cause).toBeGreaterThan(0);
    expect(total).toBe(Object.values(causes).reduce((sum, tokens) => sum + tokens, 0));
    expect(told).toEqual({ ...causes, total });

    // The same again counts the same again, whether it is remembered or not.
    await compress(app, wasteful);
    expect((await signalsOf(app))['total']).toBe(2 * (total ?? 0));
  } finally {
    await app.close();
  }
});

it('counts the tool outputs that a session brings along once', async () => {
  const app = await anApp();
  try {
    await compress(app, wasteful, { session_id: 's' });
    const first = await signalsOf(app);
    await compress(app, [...wasteful, { role: 'user', content: 'And now?' }], { session_id: 's' });
    const { html_noise_tokens, base64_tokens, json_bloat_tokens, repetition_tokens } = await signalsOf(app);
    expect(first).toMatchObject({ html_noise_tokens, base64_tokens, json_bloat_tokens, repetition_tokens });
    expect(first['json_bloat_tokens']).toBeGreaterThan(0);
  } finally {
    await app.close();
  }
});
