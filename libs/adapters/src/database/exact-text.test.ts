import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText, labelText } from './exact-text.js';

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

describe('exact text', () => {
  it('comes back as it was, lone surrogates and NUL included', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeText(encodeText(text))).toBe(text);
      }),
    );
  });

  it('is not made of just any bytes', () => {
    expect(() => decodeText(Buffer.from([7, 1, 2]))).toThrow(TypeError);
    expect(() => decodeText(Buffer.alloc(0))).toThrow(TypeError);
  });
});

describe('a label', () => {
  it('holds no NUL, is well-formed, and is otherwise unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const label = labelText(text);
        expect(label).not.toContain('\u0000');
        expect(label.isWellFormed()).toBe(true);
        expect(label).toHaveLength(text.length);
      }),
    );
    expect(labelText('naïve 🧠')).toBe('naïve 🧠');
  });
});
