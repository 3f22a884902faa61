import type { CompressionOutcome, GivenMessages, MessageReport } from '#libs/compression';
import type { Message } from '#libs/kernel';

/** Takes back what compression decided now; what was given before stays as it is. */
export function withoutEffect(
  outcome: CompressionOutcome,
  messages: readonly Message[],
  given: GivenMessages = {},
): CompressionOutcome {
  const isGiven = (index: number): boolean => given[index] !== undefined;
  const reports = outcome.reports.map((report) => (isGiven(report.index) ? report : takenBack(report)));
  const summary = new Map<string, number>();
  for (const name of reports.flatMap(({ transforms }) => transforms)) {
    summary.set(name, (summary.get(name) ?? 0) + 1);
  }
  return {
    ...outcome,
    messages: messages.map((message, i) => (isGiven(i) ? (outcome.messages[i] ?? message) : message)),
    changed: outcome.changed.map((isChanged, i) => isChanged && isGiven(i)),
    tokensAfter: reports.reduce(
      (sum, { tokensBefore, tokensAfter }) => sum - tokensBefore + tokensAfter,
      outcome.tokensBefore,
    ),
    transforms: [...summary.keys()],
    transformsSummary: Object.fromEntries(summary),
    // They do not say whose they are; all of them are stored by now.
    originals: Object.keys(given).length === 0 ? [] : outcome.originals,
    reports,
  };
}

function takenBack({ reason, tokensBefore, ...report }: MessageReport): MessageReport {
  return {
    ...report,
    reason: reason === 'compressed' ? 'not_smaller' : reason,
    transforms: [],
    tokensBefore,
    tokensAfter: tokensBefore,
  };
}
