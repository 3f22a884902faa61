import { HeadroomError } from '#libs/kernel';

/** Waits no longer than that: a command without Redis would wait for ever. @throws HeadroomError `unavailable` */
export async function withDeadline<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable());
    }, milliseconds);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw error instanceof HeadroomError ? error : unavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(cause?: unknown): HeadroomError {
  return new HeadroomError(
    'unavailable',
    'Redis does not answer. Check HEADROOM_REDIS_URL and that it runs.',
    {},
    { cause },
  );
}
