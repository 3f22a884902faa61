/** Writers of one user's memories take turns, so that twins and rivals are seen. */
export function memoriesLock(userId: string): string {
  return `memories of ${userId}`;
}
