import type { DemoModel } from './demo-model.js';
import { startScriptedModel } from './scripted-model.js';

/** A real model when the environment names one, else the scripted one. */
export async function chooseModel(): Promise<DemoModel> {
  const { OPENAI_API_KEY, OPENAI_TARGET_API_URL, OLLAMA_URL, DEMO_MODEL } = process.env;
  if (OLLAMA_URL !== undefined && OLLAMA_URL !== '') {
    return remote(DEMO_MODEL ?? 'llama3.1', new URL(OLLAMA_URL).origin, 'ollama');
  }
  if (OPENAI_API_KEY !== undefined && OPENAI_API_KEY !== '') {
    return remote(
      DEMO_MODEL ?? 'gpt-4o-mini',
      OPENAI_TARGET_API_URL ?? 'https://api.openai.com',
      OPENAI_API_KEY,
    );
  }
  return startScriptedModel();
}

function remote(name: string, origin: string, apiKey: string): DemoModel {
  return {
    name,
    description: `${name} at ${origin}`,
    origin,
    apiKey,
    lastRecalled: () => null,
    close: () => Promise.resolve(),
  };
}
