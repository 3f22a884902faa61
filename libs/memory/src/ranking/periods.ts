/** Days of the calendar in UTC: `year` undefined means in any year, `day` undefined the whole month. */
export interface CalendarDay {
  readonly year?: number | undefined;
  /** 1–12. */
  readonly month: number;
  /** 1–31. */
  readonly day?: number | undefined;
}

/** A stretch of time that a question names, both ends included. */
export interface Period {
  readonly from: CalendarDay;
  readonly to: CalendarDay;
}

const DAY_MS = 86_400_000;
/** What happens is mostly told on the day itself or in the days after; a day before allows for time zones. */
const TOLD_BEFORE_MS = DAY_MS;
const TOLD_AFTER_MS = 5 * DAY_MS;

/** Whether something told at that instant (milliseconds) may be about the period. */
export function isToldOf({ from, to }: Period, toldAt: number): boolean {
  const told = new Date(toldAt).getUTCFullYear();
  // December is still told of in January.
  const years = from.year === undefined ? [told - 1, told] : [from.year];
  return years.some((year) => {
    const start = startOf(from, year);
    const sameYear = endOf(to, to.year ?? year);
    const end = sameYear < start && to.year === undefined ? endOf(to, year + 1) : sameYear;
    return toldAt >= start - TOLD_BEFORE_MS && toldAt < end + TOLD_AFTER_MS;
  });
}

function startOf({ month, day }: CalendarDay, year: number): number {
  return Date.UTC(year, month - 1, day ?? 1);
}

function endOf({ month, day }: CalendarDay, year: number): number {
  return day === undefined ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day) + DAY_MS;
}
