import { getEncoding } from 'js-tiktoken';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { send } from '../support/send.js';
import { spawnServer } from '../support/spawn-server.js';

it('counts the tools that it offers in what it says of the prompt, and in /stats', async () => {
  const provider = await new ScriptedProvider().start();
  const server = await spawnServer({ OPENAI_TARGET_API_URL: provider.origin });
  const { completions } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk', maxRetries: 0 }).chat;
  const messages = [{ role: 'user' as const, content: 'Hello.' }];
  const tokensOf = async (tools: string): Promise<number> => {
    const headers = { 'x-headroom-user-id': 'ada', 'x-headroom-memory-tools': tools };
    const asking = completions.create({ model: 'gpt-4o', messages }, { headers });
    const said = (await asking.withResponse()).response.headers;
    expect(said.get('x-headroom-tokens-saved')).toBe('0');
    expect(said.get('x-headroom-tokens-after')).toBe(said.get('x-headroom-tokens-before'));
    return Number(said.get('x-headroom-tokens-after'));
  };
  const [without, offered] = [await tokensOf('off'), await tokensOf('on')];
  const encoding = getEncoding('o200k_base');
  const tools = provider.last.json().tools ?? [];
  const added = tools.reduce((sum, tool) => sum + encoding.encode(JSON.stringify(tool)).length, 0);
  expect(added).toBeGreaterThan(500);
  expect(offered - without).toBe(added);
  await expect
    .poll(async () => (await send(`${server.url}/stats`)).body['tokens'])
    .toMatchObject({ total_before_compression: offered + without });
  await server.stop();
  await provider.stop();
});
