import { writeSync } from 'node:fs';
import { BullMqJobQueue } from '#libs/adapters';

/**
 * A process that takes jobs named `work` and says `began <id>` of each, but ends none; it is there to be killed. Its
 * arguments: the address of Redis, the prefix of the keys, and how long a dead process keeps its job in milliseconds.
 */
const [url = '', prefix = '', lockMs = ''] = process.argv.slice(2);
const queue = await BullMqJobQueue.open({ url, prefix, lockMs: Number(lockMs) });
queue.handle('work', ({ id }) => {
  writeSync(1, `began ${id}\n`);
  return new Promise(() => undefined);
});
setInterval(() => undefined, 60_000);
