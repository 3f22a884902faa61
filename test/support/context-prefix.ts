import { elementSpans, memberSpans } from '#libs/json-text';

/** The `messages` of a context's answer as they stand in it, each with the comma that follows it. */
export function promptBytes(answer: string): string {
  const messages = memberSpans(answer).find(({ key }) => key === 'messages');
  if (messages === undefined) throw new Error(answer);
  const spans = elementSpans(answer, messages.start);
  return spans.map(({ start, end }) => `${answer.slice(start, end)},`).join('');
}

/** How many of the bytes of one prompt another one begins with. */
export function sharedPrefix(before: string, after: string): number {
  const [a, b] = [Buffer.from(before), Buffer.from(after)];
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
