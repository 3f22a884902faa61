/** The name of what is no name: a key that looks like data, such as an id, an address or a date. */
export const DATA_KEY = '*';

const MAX_NAME = 48;
const NAME = /^[A-Za-z_$@][A-Za-z0-9_$.:/ -]*$/;
/** Years, ids and hashes; `md5` and `utf8` are names. */
const DIGITS = /\d.?\d.?\d/;

/** A key as it may be remembered: names of fields stay, and what may be a value in the place of a name does not. */
export function fieldName(key: string): string {
  const isName =
    key !== '__proto__' && key.length <= MAX_NAME && NAME.test(key) && !DIGITS.test(key) && !isMixed(key);
  return isName ? key : DATA_KEY;
}

/** `a7Fk2pQ`: letters and digits in turns, as no name is written. */
function isMixed(key: string): boolean {
  return (key.match(/[A-Za-z][0-9]/g)?.length ?? 0) > 2;
}
