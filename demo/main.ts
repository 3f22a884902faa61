/**
 * `npm run demo`: two agents share a memory, hand context to each other and talk to a model through the server.
 * Without a key the model is scripted, over real HTTP; with OPENAI_API_KEY or OLLAMA_URL set it is a real one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseModel } from './model.js';
import { startServer } from './server.js';
import { tellStory } from './story.js';

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-demo-'));
const model = await chooseModel();
try {
  await tellStory(model, () => startServer(dataDir, model));
} finally {
  await model.close();
  rmSync(dataDir, { recursive: true, force: true });
}
