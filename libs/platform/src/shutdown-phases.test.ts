import { expect, test } from 'vitest';
import { ShutdownPhases } from './shutdown-phases.js';

test('closes by phase, the last opened first, once, and goes on after a failure', async () => {
  const phases = new ShutdownPhases();
  const done: string[] = [];
  phases.register('database', 'close the database', () => void done.push('database'));
  phases.register('background', 'stop a', () => void done.push('a'));
  phases.register('background', 'stop b', () => {
    throw new Error('stuck');
  });
  phases.register('queue', 'close the queue', () => void done.push('queue'));
  const [failures] = await Promise.all([phases.end(), phases.end()]);
  expect(phases.signal.aborted).toBe(true);
  expect(done).toEqual(['queue', 'a', 'database']);
  expect(failures.map((failure) => failure.message)).toEqual(['Could not stop b.']);
});
