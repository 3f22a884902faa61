import { HeadroomError, type Fault } from '#libs/kernel';

/** An append holds the lock of its conversation; so many messages are written within a second or two. */
export const MESSAGES_PER_APPEND_MAX = 10_000;
/** In UTF-8 bytes of its JSON. No provider takes a larger request: Anthropic's limit is 32 MB for the whole of it. */
export const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

/** @throws HeadroomError `limit_exceeded`, which names every message that is too large. */
export function requireWithinLimits(texts: readonly string[]): void {
  if (texts.length > MESSAGES_PER_APPEND_MAX) {
    throw exceeded([
      {
        path: 'messages',
        message: `has ${texts.length} messages; append at most ${MESSAGES_PER_APPEND_MAX} at once`,
      },
    ]);
  }
  const faults = texts.flatMap((text, i): Fault[] => {
    // A UTF-16 code unit is at most three bytes of UTF-8: most texts need no counting.
    if (text.length * 3 <= MESSAGE_BYTES_MAX) return [];
    const bytes = Buffer.byteLength(text);
    if (bytes <= MESSAGE_BYTES_MAX) return [];
    return [
      { path: `messages[${i}]`, message: `has ${bytes} bytes; a message may have ${MESSAGE_BYTES_MAX}` },
    ];
  });
  if (faults.length > 0) throw exceeded(faults);
}

function exceeded(faults: readonly Fault[]): HeadroomError {
  const text = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new HeadroomError('limit_exceeded', text, { errors: faults });
}
