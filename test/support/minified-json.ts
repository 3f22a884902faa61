import { parseJsonTree, writeJsonTree } from '#libs/json-text';

/** The text without the white space between its tokens, literals as they were; undefined for what is not JSON. */
export function minifiedJson(text: string): string | undefined {
  const tree = parseJsonTree(text);
  return tree && writeJsonTree(tree);
}
