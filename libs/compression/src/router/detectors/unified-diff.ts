import { type Detector, percent } from './detector.js';

const START = /^(?:diff --(?:git|cc|combined) |Index: \S|--- \S|\*\*\* \S)/;
const HUNK = /^@@@? -\d{1,9}(?:,\d{1,9})? (?:-\d{1,9}(?:,\d{1,9})? )?\+\d{1,9}(?:,\d{1,9})? @@/;
const BODY =
  /^[-+ @\\]|^(?:diff|index|Index|old|new|deleted|similarity|dissimilarity|rename|copy|Binary|GIT|literal|delta)\b|^={10,}|^Only in /;
/** What `git show`, `git log -p` and `git format-patch` say above the diff of a commit. */
const COMMIT =
  /^(?:commit [0-9a-f]{7,40}|From [0-9a-f]{40}|Author:|AuthorDate:|Commit:|CommitDate:|Date:|Merge:|From:|Subject:|Signed-off-by:)/;
const MIN_SHARE = 0.85;
/** A shell's prompt and the like may stand around a diff. */
const MAX_OTHER_LINES = 5;
const MIN_SHARE_OF_SHORT = 0.6;

/** Unified diffs, alone or below a commit's message. */
export const detectDiff: Detector = ({ spaced, isNumbered }) => {
  if (isNumbered) return undefined;
  const start = spaced.findIndex((line, index) => START.test(line) && leadsToHunk(spaced, index));
  if (start === -1) return undefined;
  const isCommit = spaced.slice(0, start).some((line) => COMMIT.test(line));
  const above = isCommit ? 0 : spaced.slice(0, start).filter((line) => line !== '').length;
  const body = spaced.slice(start);
  const inside = body.filter((line) => line === '' || BODY.test(line) || COMMIT.test(line)).length;
  const share = inside / (body.length + above);
  const others = body.length + above - inside;
  if (share < (others <= MAX_OTHER_LINES ? MIN_SHARE_OF_SHORT : MIN_SHARE)) return undefined;
  return {
    kind: 'diff',
    confidence: 0.8 + share * 0.19,
    reason: `${percent(share)} of lines are those of a unified diff`,
  };
};

/** `---`, `+++` and `@@` follow within a few lines; of a pure rename or a binary file git's own line is enough. */
function leadsToHunk(lines: readonly string[], start: number): boolean {
  const near = lines.slice(start, start + 12);
  if (lines[start]?.startsWith('diff --') === true) {
    return near.some(
      (line) =>
        HUNK.test(line) ||
        /^(?:rename to|Binary files|new file mode|deleted file mode|new mode|similarity index|GIT binary) ?/.test(
          line,
        ),
    );
  }
  return near.some((line) => line.startsWith('+++ ')) && near.some((line) => HUNK.test(line));
}
