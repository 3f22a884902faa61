import { describe, expect, it } from 'vitest';
import { aFact } from '../../../../test/support/memories.js';
import type { Memory } from '../model/memory.js';
import { termNumber, traitsOf } from './traits.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const MAY = new Date('2023-05-08T13:56:00.000Z');

function traits(memory: Partial<Memory>) {
  return traitsOf(aFact(NOW, memory), ['anna', 'move', 'turin']);
}

describe('the episode of a memory', () => {
  const inConversation = (conversationId: string, sessionId?: string) =>
    traits({ scope: { userId: 'anna', sessionId }, source: { conversationId, messageIndex: 3 } });

  it('is the session of its conversation, and its place is the message', () => {
    expect(inConversation('c', 's').episode).toBe(inConversation('c', 's').episode);
    expect(inConversation('c', 's').episode).not.toBe(inConversation('c', 't').episode);
    expect(inConversation('c').episode).not.toBe(inConversation('d').episode);
    expect(inConversation('c').position).toBe(3);
  });

  it('is its session where no conversation is named', () => {
    const inSession = (sessionId: string) => traits({ scope: { userId: 'anna', sessionId } });
    expect(inSession('s').episode).toBe(inSession('s').episode);
    expect(inSession('s').episode).not.toBe(inSession('t').episode);
    expect(inSession('s').position).toBe(-1);
  });

  it('is the day from which it holds where only that is said', () => {
    const evening = new Date(MAY.getTime() + 6 * 3_600_000);
    const nextDay = new Date(MAY.getTime() + 24 * 3_600_000);
    expect(traits({ validFrom: MAY }).episode).toBe(traits({ validFrom: evening }).episode);
    expect(traits({ validFrom: MAY }).episode).not.toBe(traits({ validFrom: nextDay }).episode);
  });

  it('never reaches over scopes: an agent learns nothing of what another one keeps to itself', () => {
    const ofAgent = (agentId?: string) =>
      traits({ scope: { userId: 'anna', sessionId: 's', agentId } }).episode;
    expect(ofAgent('a')).toBe(ofAgent('a'));
    expect(new Set([ofAgent('a'), ofAgent('b'), ofAgent()]).size).toBe(3);
  });

  it('is none for a memory that names nothing of it', () => {
    expect(traits({}).episode).toBe(0);
  });
});

describe('what a memory asks and tells', () => {
  it.each([
    ['Anna moved to Turin.', 0],
    ['How are you? Anything new?', 1],
    ['元気ですか？', 1],
    ['كيف حالك؟', 1],
    ['abc. def?', 0.5],
    ['?', 0],
  ])('%j asks %d of its text', (content, share) => {
    expect(traits({ content }).asked).toBeCloseTo(share, 0);
  });

  it('begins with its topic', () => {
    expect(traits({}).topic).toBe(termNumber('anna'));
    expect(termNumber('anna')).not.toBe(termNumber('ann'));
  });
});
