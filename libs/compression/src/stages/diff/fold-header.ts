/**
 * The lines that name a file in git's diffs say its path up to six times. Folded into one row:
 *   `= 1a2b..3c4d src/a.ts`          changed; `=100755 1a2b..3c4d src/a.ts` with another mode than 100644
 *   `=new 3c4d src/a.ts`             added; `=new:100755 …`
 *   `=del 1a2b src/a.ts`             deleted
 *   `=ren 95% 1a2b..3c4d a.ts ⇥ b.ts` renamed (a tab between the names), without the hashes when nothing changed
 *   `=- src/a.ts`                    only `--- a/src/a.ts` and `+++ b/src/a.ts`
 */
export interface FoldedHeader {
  readonly row: string;
  /** How many lines it stands for. */
  readonly lines: number;
}

const PLAIN_MODE = '100644';
const GIT = 'diff --git a/';
const INDEX = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d{6}))?$/;
const ROW =
  /^=(?:(-)|(new|del|ren)?(?::?(\d{6}))?)(?: (\d{1,3})%)?(?: ([0-9a-f]{4,64})(?:\.\.([0-9a-f]{4,64}))?)? ([^\t]+)(?:\t(.+))?$/;
const MAX_LINES = 8;

/** The row for the header that starts at `start`; only where {@link unfoldHeader} gives back its very lines. */
export function foldHeader(lines: readonly string[], start: number): FoldedHeader | undefined {
  const first = lines[start] ?? '';
  const isGit = first.startsWith(GIT);
  if (!isGit && !first.startsWith('--- a/')) return undefined;
  const row = isGit ? gitRow(lines, start) : `=- ${first.slice('--- a/'.length)}`;
  const unfolded = row === undefined ? undefined : unfoldHeader(row);
  if (row === undefined || unfolded === undefined) return undefined;
  const isSame = unfolded.every((line, offset) => line === lines[start + offset]);
  return isSame ? { row, lines: unfolded.length } : undefined;
}

function gitRow(lines: readonly string[], start: number): string | undefined {
  const header = lines.slice(start, start + MAX_LINES);
  const [, before = '', after = '', mode = ''] = header.map((line) => INDEX.exec(line)).find(Boolean) ?? [];
  const value = (name: string): string | undefined =>
    header.find((line) => line.startsWith(name))?.slice(name.length);
  const moved = value('rename to ');
  if (moved !== undefined && value('rename from ') !== undefined) {
    const hashes = before === '' ? '' : `${before}..${after} `;
    const names = `${value('rename from ') ?? ''}\t${moved}`;
    return `=ren${modeMark(mode)} ${value('similarity index ') ?? ''} ${hashes}${names}`;
  }
  const path = value('+++ b/') ?? value('--- a/');
  if (path === undefined || before === '') return undefined;
  const added = header[1]?.startsWith('new file mode ') === true ? value('new file mode ') : undefined;
  if (added !== undefined) return `=new${modeMark(added)} ${after} ${path}`;
  const deleted =
    header[1]?.startsWith('deleted file mode ') === true ? value('deleted file mode ') : undefined;
  if (deleted !== undefined) return `=del${modeMark(deleted)} ${before} ${path}`;
  return `=${mode === PLAIN_MODE ? '' : mode} ${before}..${after} ${path}`;
}

function modeMark(mode: string): string {
  return mode === PLAIN_MODE || mode === '' ? '' : `:${mode}`;
}

/** The lines that a row stands for. */
export function unfoldHeader(row: string): string[] | undefined {
  const [matched, plain, kind, mode = PLAIN_MODE, similarity, before, after, path, other] =
    ROW.exec(row) ?? [];
  if (matched === undefined || path === undefined) return undefined;
  if (plain !== undefined) return [`--- a/${path}`, `+++ b/${path}`];
  if (kind === 'ren') {
    if (similarity === undefined || other === undefined) return undefined;
    const names = [`similarity index ${similarity}%`, `rename from ${path}`, `rename to ${other}`];
    const content =
      before === undefined || after === undefined
        ? []
        : [`index ${before}..${after} ${mode}`, `--- a/${path}`, `+++ b/${other}`];
    return [`${GIT}${path} b/${other}`, ...names, ...content];
  }
  if (before === undefined || other !== undefined || similarity !== undefined) return undefined;
  const git = `${GIT}${path} b/${path}`;
  if (kind === undefined)
    return after === undefined
      ? undefined
      : [git, `index ${before}..${after} ${mode}`, `--- a/${path}`, `+++ b/${path}`];
  const none = '0'.repeat(before.length);
  return kind === 'new'
    ? [git, `new file mode ${mode}`, `index ${none}..${before}`, '--- /dev/null', `+++ b/${path}`]
    : [git, `deleted file mode ${mode}`, `index ${before}..${none}`, `--- a/${path}`, '+++ /dev/null'];
}
