/** Asks for a path again and again in a thread of its own, until it is told to end; then says how many ms each took. */
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const agent = new Agent({ keepAlive: true });
const ask = () =>
  new Promise((resolve, reject) => {
    get(workerData.url, { agent }, (answer) => answer.resume().on('end', resolve).on('error', reject)).on(
      'error',
      reject,
    );
  });

let isOver = false;
parentPort.once('message', () => (isOver = true));
const took = [];
while (!isOver) {
  const start = performance.now();
  await ask();
  took.push(performance.now() - start);
  await setTimeout(workerData.everyMs);
}
agent.destroy();
parentPort.postMessage(took);
