/** Gives the event loop a turn. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
