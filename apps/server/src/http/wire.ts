/** An object in the form of an answer: snake_case, each field named by a mapper. */
export type Wire = Readonly<Record<string, unknown>>;
