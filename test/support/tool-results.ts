import { compressMessages, type CompressionOutcome, type CompressionSettings } from '#libs/compression';
import type { Message } from '#libs/kernel';
import { loadTokenCounter } from '#libs/tokens';

/** The pipeline without tools and without a deadline. */
export async function compress(
  messages: readonly Message[],
  config?: CompressionSettings,
): Promise<CompressionOutcome> {
  return compressMessages({ messages, config }, await loadTokenCounter('gpt-4o'));
}

export function toolResult(content: string, id = 'call_1'): Message {
  return { role: 'tool', tool_call_id: id, content };
}

/** The text of a message after compression, by default of the last one. */
export function contentOf(outcome: CompressionOutcome, index = -1): string {
  return outcome.messages.at(index)?.content as string;
}

export const SEARCH = JSON.stringify({
  results: Array.from({ length: 200 }, (_, id) => ({
    id,
    title: `Document number ${String(id)} about storage`,
    status: id === 137 ? 'failed' : 'ok',
    score: 50 + (id % 10),
    latency_ms: id === 61 ? 90_000 : 20 + (id % 5),
    owner: id === 99 ? 'zanzibar-quartz' : `team-${String(id % 7)}`,
  })),
});

export const BUILD_LOG = [
  '===== test session starts =====',
  ...Array.from(
    { length: 300 },
    (_, i) =>
      `2024-05-01 10:00:${String(i % 60).padStart(2, '0')} INFO tests/test_${String(i)}.py::test_ok PASSED`,
  ),
  '2024-05-01 10:05:00 ERROR tests/test_foo.py::test_fail FAILED: expected 5, got 3',
  'Traceback (most recent call last):',
  '  File "tests/test_foo.py", line 12, in test_fail',
  '    assert total(x) == 5',
  'AssertionError: expected 5, got 3',
  '===== 1 failed, 300 passed in 3.21s =====',
].join('\n');
