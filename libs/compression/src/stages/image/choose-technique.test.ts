import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { chooseTechnique } from './choose-technique.js';
import { regionOf } from './region-of.js';

describe('how much of an image a question needs', () => {
  it.each([
    ['What animal is this?', 'full_low'],
    ['Describe the scene', 'full_low'],
    ['what is this', 'full_low'],
    ['Give me an overview of the picture.', 'full_low'],
    ['Count the whiskers', 'preserve'],
    ['Read the serial number', 'transcode'],
    ['How many people are in this text?', 'preserve'],
    ['Where is the login button?', 'preserve'],
    ['Compare these two charts', 'preserve'],
    ['Read the sign', 'transcode'],
    ['Transcribe the document', 'transcode'],
    ["What's in the top left corner?", 'crop'],
    ['Focus on the bottom half', 'crop'],
    ['', 'preserve'],
    ['Thanks, go on.', 'preserve'],
  ])('%j asks for %s', (question, technique) => {
    expect(chooseTechnique(question)).toBe(technique);
  });

  it('keeps all of an image when the question names two of its ends, or a corner without a place', () => {
    expect(regionOf('the left and the right side')).toBeUndefined();
    expect(regionOf('what is in the corner')).toBeUndefined();
    expect(regionOf('left, as it were')).toBeUndefined();
  });

  it('never points outside an image, whatever is asked', () => {
    const words = fc.constantFrom('top', 'bottom', 'left', 'right', 'upper', 'corner', 'half', 'the', 'side');
    fc.assert(
      fc.property(fc.array(words), (question) => {
        const region = regionOf(question.join(' '));
        if (region === undefined) return;
        expect(region.left + region.width).toBeLessThanOrEqual(1.0001);
        expect(region.top + region.height).toBeLessThanOrEqual(1.0001);
      }),
    );
  });
});
