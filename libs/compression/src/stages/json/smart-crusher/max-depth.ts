/** Arrays nested deeper are not looked at. */
export const MAX_DEPTH = 5;
