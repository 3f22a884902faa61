import { describe, expect, it } from 'vitest';
import { HeadroomError, invalid, notFound, requireUser } from './index.js';

describe('a fault', () => {
  it('names everything that is wrong at once, each with its path', () => {
    const error = invalid([
      { path: 'messages[2].role', message: 'is missing' },
      { path: '', message: 'must be an object' },
    ]);
    expect(error).toBeInstanceOf(HeadroomError);
    expect(error.code).toBe('validation_error');
    expect(error.message).toBe('messages[2].role: is missing; must be an object');
    expect(error.details['errors']).toHaveLength(2);
  });

  it('says what was not found', () => {
    expect(notFound('memory')).toMatchObject({ code: 'not_found', message: 'No such memory.' });
  });
});

describe('a caller', () => {
  const caller = { tenantId: 't', isAdmin: false };

  it('bound to users acts for those alone', () => {
    expect(() => {
      requireUser({ ...caller, users: ['ann'] }, 'ann');
    }).not.toThrow();
    expect(() => {
      requireUser({ ...caller, users: ['ann'] }, 'bob');
    }).toThrow(HeadroomError);
    expect(() => {
      requireUser({ ...caller, users: [] }, 'ann');
    }).toThrow(HeadroomError);
  });

  it('bound to none acts for everybody', () => {
    expect(() => {
      requireUser({ ...caller, users: null }, 'anyone');
    }).not.toThrow();
  });
});
