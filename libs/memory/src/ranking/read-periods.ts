import type { ParsedComponents } from 'chrono-node';
import type { CalendarDay, Period } from './periods.js';

/** Cheaper than to parse every question; what chrono reads without one of these are times of day. */
const MAY_NAME_A_DATE =
  /\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|today|tonight|yesterday|tomorrow|week|month|day)/i;
/** "past two weeks", "last few months": the stretch until now, where chrono reads the day on which it began. */
const UNTIL_NOW = /^(?:past\b|last\s.*s$)/i;
/** Dates stand in short questions; in a pasted document they would be its own. */
const MAX_CHARACTERS = 500;

/**
 * The dates that a question names, down to the month at least: "in May 2023", "last week", "in the past two weeks",
 * "between August 11 and August 15". Years alone say too little.
 * @param now what "yesterday" counts from.
 */
export async function readPeriods(question: string, now: Date): Promise<readonly Period[]> {
  if (question.length > MAX_CHARACTERS || !MAY_NAME_A_DATE.test(question)) return [];
  // Loaded with the first question that needs it: it takes a tenth of a second.
  const { parse } = await import('chrono-node/en');
  return parse(question, now).flatMap(({ start, end, text }) => {
    const from = calendarDay(start);
    if (from === null) return [];
    if (UNTIL_NOW.test(text)) return [{ from, to: dayOf(now) }];
    return [{ from, to: (end && calendarDay(end)) ?? from }];
  });
}

function dayOf(instant: Date): CalendarDay {
  return {
    year: instant.getUTCFullYear(),
    month: instant.getUTCMonth() + 1,
    day: instant.getUTCDate(),
  };
}

function calendarDay(date: ParsedComponents): CalendarDay | null {
  const isRelative = date.isCertain('day') || date.isCertain('weekday');
  if (!date.isCertain('month') && !isRelative) return null;
  return {
    year: date.isCertain('year') || !date.isCertain('month') ? (date.get('year') ?? undefined) : undefined,
    month: date.get('month') ?? 1,
    day: isRelative ? (date.get('day') ?? undefined) : undefined,
  };
}
