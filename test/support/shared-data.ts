import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../shared/data');

/** The lines of a recorded data set beside the repository; undefined, after one line that says so, where it is missing. */
export function sharedLines(path: string): readonly unknown[] | undefined {
  return sharedTexts(path)?.map((line) => JSON.parse(line) as unknown);
}

/** The same lines as they stand in the file. */
export function sharedTexts(path: string): readonly string[] | undefined {
  const file = join(FOLDER, path);
  if (!existsSync(file)) {
    console.warn(
      `Skipped: tests on recorded data. Put the data set at ../shared/data/${path} beside the repository.`,
    );
    return undefined;
  }
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
