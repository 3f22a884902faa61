/** Something that agents read: a tool result of one kind, and what of it must still be there afterwards. */
export interface AgentRead {
  readonly kind: string;
  readonly text: string;
  readonly needles: readonly string[];
}

const times = (count: number, make: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => make(index));
const two = (value: number): string => String(value).padStart(2, '0');

/** One of each kind, each with what nobody may lose in it. The question to ask is about payments. */
export const AGENT_READS: readonly AgentRead[] = [
  {
    kind: 'json',
    text: JSON.stringify(
      times(300, String).map((id) => ({
        id: Number(id),
        host: `web-${Number(id) % 9}`,
        state: id === '177' ? 'payment service down' : 'up',
      })),
    ),
    needles: ['payment service down', '177'],
  },
  {
    kind: 'jsonl',
    text: times(300, (i) => {
      const level = i === 140 ? 'error' : 'info';
      return JSON.stringify({ at: i, level, msg: i === 140 ? 'card refused' : 'request served' });
    }).join('\n'),
    needles: ['card refused'],
  },
  {
    kind: 'csv',
    text: [
      'order,customer,state,amount',
      ...times(300, (i) => `${1000 + i},c${i % 7},${i === 88 ? 'FAILED' : 'paid'},${i === 88 ? 99999 : 20}`),
    ].join('\n'),
    needles: ['1088', 'FAILED'],
  },
  {
    kind: 'log',
    text: times(400, (i) => {
      const what =
        i === 333 ? 'ERROR payments - gateway refused card 4711' : `INFO http - GET /items/${i} 200`;
      return `2026-03-01 10:${two(Math.floor(i / 60))}:${two(i % 60)} ${what}`;
    }).join('\n'),
    needles: ['gateway refused card'],
  },
  {
    kind: 'build_log',
    text: [
      '============================= test session starts =============================',
      'collected 300 items',
      ...times(299, (i) => `tests/test_orders.py::test_case_${i} PASSED [${Math.floor(i / 3)}%]`),
      'tests/test_payments.py::test_refund FAILED',
      '=================================== FAILURES ===================================',
      "E       AssertionError: expected 'refunded', got 'pending'",
      'tests/test_payments.py:42: AssertionError',
      '======================== 1 failed, 299 passed in 12.3s ========================',
    ].join('\n'),
    needles: ["expected 'refunded', got 'pending'", '1 failed, 299 passed'],
  },
  {
    kind: 'search',
    text: times(400, (i) => {
      const text = i === 222 ? 'export function refundPayment(order) {' : `const item${i} = load(${i});`;
      return `src/module-${i % 20}/file-${i % 40}.ts:${i + 1}:${text}`;
    }).join('\n'),
    needles: ['refundPayment'],
  },
  {
    kind: 'diff',
    text: times(12, (i) =>
      [
        `diff --git a/src/file-${i}.ts b/src/file-${i}.ts`,
        `index 1111111..2222222 100644`,
        `--- a/src/file-${i}.ts`,
        `+++ b/src/file-${i}.ts`,
        '@@ -1,15 +1,15 @@',
        ...times(7, (line) => ` const before${line} = value(${i}, ${line});`),
        `-const retries = ${i};`,
        `+const retries = ${i + 1}; // payment`,
        ...times(7, (line) => ` const after${line} = value(${i}, ${line});`),
      ].join('\n'),
    ).join('\n'),
    needles: ['+const retries = 12; // payment', '-const retries = 0;'],
  },
  {
    kind: 'html',
    text: `<!doctype html><html><head><title>Refunds</title><script>${'track();'.repeat(200)}</script></head><body><nav>${times(40, (i) => `<a href="/section/${i}">Section ${i}</a>`).join('')}</nav><main><article><h1>How refunds work</h1>${times(12, (i) => `<p>Paragraph ${i} says, at some length, how a payment is given back to the card that it came from, and what happens when that card has expired since.</p>`).join('')}<p>The limit is 4,711 euros.</p></article></main><footer>${times(40, (i) => `<a href="/legal/${i}">Legal ${i}</a>`).join('')}</footer></body></html>`,
    needles: ['How refunds work', '4,711 euros'],
  },
  {
    kind: 'code',
    text: [
      "import { Gateway } from './gateway.js';",
      ...times(
        12,
        (i) =>
          `\n/** Settles orders of kind ${i}. */\nexport function settle${i}(order: Order, gateway: Gateway): Receipt {\n${times(20, (line) => `  const step${line} = gateway.call(order.id, ${line});`).join('\n')}\n  return finish(order);\n}`,
      ),
    ].join('\n'),
    needles: ["import { Gateway } from './gateway.js';", 'export function settle11('],
  },
];
