import { type Caller, HeadroomError } from '#libs/kernel';

/** Lets nobody but the holder of the bootstrap key go on. @param what only that key does. @throws HeadroomError `forbidden`. */
export function requireOperator(caller: Caller, what: string): void {
  if (caller.isAdmin) return;
  throw new HeadroomError(
    'forbidden',
    `Only the bootstrap key ${what}: start the server with HEADROOM_API_KEY and send that key.`,
  );
}
