/** From 0 to 100, two places. */
export function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.round((Math.max(0, part) / whole) * 10_000) / 100;
}
