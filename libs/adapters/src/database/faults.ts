import { HeadroomError } from '#libs/kernel';
import { QueryFailedError } from 'typeorm';

/** The engine has undone the whole unit by itself, or is gone: nothing more can be done in it. The cause says why. */
export class UnitLost extends Error {
  override readonly name = 'UnitLost';
}

/** A row that would break a unique index; the store that wrote it knows what that means to its caller. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

interface Remedy {
  readonly code: RegExp;
  readonly message: string;
}

/** What each engine says when a disk, a file or a server fails, and what helps. One place for both. */
const REMEDIES: readonly Remedy[] = [
  {
    code: /^SQLITE_(CORRUPT|NOTADB)/,
    message:
      'The database file is damaged. Stop the server, move the file away together with its -wal and -shm files ' +
      '(nothing was deleted), and restore a backup; `sqlite3 headroom.db .recover` may save what is left.',
  },
  {
    code: /^SQLITE_(READONLY|PERM)/,
    message:
      'The data folder cannot be written to. Give the server write access to it, or set HEADROOM_DATA_DIR.',
  },
  {
    code: /^(SQLITE_CANTOPEN|EACCES|EROFS|EPERM|ENOTDIR)/,
    message:
      'The data folder cannot be opened for writing. Check that it is a folder the server may write to, or set ' +
      'HEADROOM_DATA_DIR.',
  },
  {
    code: /^(SQLITE_FULL|ENOSPC|53100)/,
    message: 'The disk is full. Nothing was written; free some space and try again.',
  },
  { code: /^SQLITE_IOERR/, message: 'Reading or writing the database file failed. Check the disk.' },
  {
    code: /^(SQLITE_BUSY|SQLITE_LOCKED)/,
    message: 'Another program holds the database file. Close it and try again.',
  },
  {
    code: /^(08|57P0[123]|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE)/,
    message: 'The PostgreSQL server cannot be reached. Check HEADROOM_STORE_URL and that the server runs.',
  },
  {
    code: /^(28|3D000)/,
    message: 'PostgreSQL refused the login. Check the user, password and database in HEADROOM_STORE_URL.',
  },
  { code: /^53/, message: 'PostgreSQL has run out of a resource (connections or memory). Try again later.' },
  { code: /^42501/, message: 'PostgreSQL refused access under row-level security.' },
];

/** Characters that PostgreSQL cannot keep in text: the input is at fault, not the store. */
const UNSTORABLE_TEXT = /^(22021|22P05)/;
const UNIQUE = /^(SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)|23505)/;
const TRANSIENT = /^(40001|40P01)/;
/** What PostgreSQL says of a prepared statement that it does not have, or whose result is another by now. */
const UNPREPARED = /^(26000|42P05|0A000)/;

/** Says an engine's error in this service's words; errors that are ours already pass unchanged. */
export function asFault(error: unknown): unknown {
  if (error instanceof HeadroomError || error instanceof UniqueViolation) return error;
  if (error instanceof UnitLost) return asFault(error.cause);
  const code = engineCode(error);
  if (code === undefined) return error;
  if (UNIQUE.test(code)) return new UniqueViolation('A unique index refused the row.', { cause: error });
  if (UNSTORABLE_TEXT.test(code)) {
    return new HeadroomError(
      'validation_error',
      'A short text field holds a character that cannot be stored (NUL).',
      {},
      { cause: error },
    );
  }
  const remedy = REMEDIES.find((candidate) => candidate.code.test(code));
  const message = remedy?.message ?? 'The database refused a statement.';
  return new HeadroomError('storage_error', message, { engine_code: code }, { cause: error });
}

/** True for a failure that is over once the whole unit is run again, such as a deadlock. */
export function isTransient(error: unknown): boolean {
  const code = engineCode(error);
  return code !== undefined && (TRANSIENT.test(code) || UNPREPARED.test(code));
}

/** True where a prepared statement is not what it was: a pooler changed the connection, or a migration the table. */
export function isUnpreparedSince(error: unknown): boolean {
  const code = engineCode(error);
  return code !== undefined && UNPREPARED.test(code);
}

function engineCode(error: unknown): string | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
