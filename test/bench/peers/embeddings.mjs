// An embedding service that answers at once: 384 dimensions, the same vector for the same words, near for words shared.
import { createServer } from 'node:http';

const DIMENSIONS = 384;
/** Dimensions that a word moves; a word needs no table of its own, so a million of them cost no memory. */
const TOUCHED = 12;

function addWord(vector, word) {
  let hash = 2166136261;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
  for (let i = 0; i < TOUCHED; i++) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const place = (hash >>> 1) % DIMENSIONS;
    vector[place] += hash & 1 ? 1 : -1;
  }
}

function embed(text) {
  const vector = new Array(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) if (word !== '') addWord(vector, word);
  const length = Math.hypot(...vector) || 1;
  // Four decimals keep the answer small; what reads it makes it unit length again.
  return vector.map((value) => Math.round((value / length) * 10_000) / 10_000);
}

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { input = [], model = '' } = parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString());
    const data = [input]
      .flat()
      .map((text, index) => ({ object: 'embedding', index, embedding: embed(text) }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 0, total_tokens: 0 } }),
    );
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
