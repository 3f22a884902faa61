import type { ImageTechnique } from './choose-technique.js';

/** Tells from a question how much of an image it needs; a trained stand-in for the rules of `chooseTechnique`. */
export abstract class TechniqueRouter {
  /** Undefined when it is not sure; the same question gives the same answer. */
  abstract route(question: string): Promise<ImageTechnique | undefined>;
}
