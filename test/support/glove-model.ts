import { existsSync } from 'node:fs';

/** A small real embedding model beside the project; it is read where it is and never copied into the project. */
export const GLOVE = { directory: '../shared/models', model: 'glove50-static-384' } as const;

export const GLOVE_FOLDER = `${GLOVE.directory}/${GLOVE.model}`;

/** False where the folder is missing; the run has then been told. */
export const hasGlove = existsSync(GLOVE_FOLDER);
if (!hasGlove)
  console.warn(`Skipped: tests that need the embedding model ${GLOVE_FOLDER} beside the project`);
