import { OriginalStore } from '#libs/ccr';
import { Clock, IdempotencyStore } from '#libs/kernel';
import { MemoryStore } from '#libs/memory';
import { Log, ShutdownPhases } from '#libs/platform';
import { SharedContextStore } from '#libs/shared-context';
import { UsageStore } from '#libs/usage';
import { Upkeep } from '../upkeep/upkeep.js';
import { port } from './port.js';

const INTERVAL_MS = 60_000;
/** Single requests are kept this long; what they added up to stays for ever. */
const REQUESTS_KEPT_MS = 90 * 86_400_000;

/** Drops what has expired, in the background. */
export const UPKEEP_PORTS = [
  port(
    Upkeep,
    [
      Clock,
      Log,
      ShutdownPhases,
      OriginalStore,
      SharedContextStore,
      MemoryStore,
      IdempotencyStore,
      UsageStore,
    ],
    (clock, log, shutdown, originals, sharedContexts, memories, replays, usage) => {
      const tasks = [
        { name: 'originals', run: () => originals.sweep() },
        { name: 'shared contexts', run: () => sharedContexts.sweep(clock.now()) },
        { name: 'memories', run: () => memories.sweep(clock.now()) },
        { name: 'idempotency keys', run: () => replays.sweep() },
        { name: 'requests', run: () => usage.sweep(new Date(clock.now().getTime() - REQUESTS_KEPT_MS)) },
      ];
      const upkeep = new Upkeep(tasks, INTERVAL_MS, log);
      upkeep.start();
      shutdown.register('background', 'stop the upkeep', () => upkeep.stop());
      return upkeep;
    },
  ),
];
