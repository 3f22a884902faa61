import fc from 'fast-check';

const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r\n  ');
const number = fc.oneof(
  fc.constantFrom(
    '-0',
    '1.0',
    '1e400',
    '12345678901234567890',
    '0.10',
    '1E+2',
    '-1.5e-7',
    '1.7976931348623157e309',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
);
const string = fc.oneof(
  fc.constantFrom('"\\u00e9"', '"\\ud800"', '"\\/"', '"\\u0000"', '"\\ud83d\\ude00"', '"\u2028"', '"<|x|>"'),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);
const literal = fc.constantFrom('true', 'false', 'null');

/** Any JSON value as text, with any spelling that is allowed. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; array: string; object: string }>(
  (tie) => ({
    value: fc.oneof({ maxDepth: 3 }, number, string, literal, tie('array'), tie('object')),
    array: fc
      .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
      .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}]`),
    object: fc
      .tuple(space, fc.array(fc.tuple(string, tie('value')), { maxLength: 4 }))
      .map(
        ([gap, members]) =>
          `{${gap}${members.map(([key, value]) => `${key}${gap}:${value}`).join(`,${gap}`)}}`,
      ),
  }),
).value;

/** Fields of a message that are checked, or that decide what is done with it. */
const KNOWN = ['role', 'content', 'name', 'tool_calls', 'tool_call_id'];
const unknownKey = fc.oneof(
  fc.constantFrom('"__proto__"', '"constructor"', '"1"', '"thinking"', '"x\\u0041"'),
  string.filter((key) => !KNOWN.includes(JSON.parse(key) as string)),
);
const part = fc
  .tuple(
    fc.constantFrom('image', 'thinking', 'a_type_of_tomorrow'),
    fc.array(fc.tuple(unknownKey, jsonText), { maxLength: 3 }),
  )
  .map(([type, members]) => {
    const rest = members.filter(([key]) => !['type', 'text'].includes(JSON.parse(key) as string));
    return `{${[`"type":"${type}"`, ...rest.map(([key, value]) => `${key}: ${value}`)].join(',')}}`;
  });
const content = fc.oneof(
  string,
  fc.constant('null'),
  fc.array(part, { maxLength: 3 }).map((parts) => `[ ${parts.join(' ,')}]`),
);

/** A chat message as text: a known shape among fields that nobody knows, in any order and any spelling. */
export const messageText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('"user"', '"assistant"', '"a role of tomorrow"'),
    content,
    fc.array(fc.tuple(unknownKey, jsonText), { maxLength: 4 }),
    fc.nat({ max: 4 }),
    space,
  )
  .map(([role, said, others, at, gap]) => {
    const members = others.map(([key, value]) => `${key}${gap}:${gap}${value}`);
    members.splice(at, 0, `"role"${gap}:${role}`, `"content":${said}`);
    return `{${gap}${members.join(`${gap},${gap}`)}${gap}}`;
  });
