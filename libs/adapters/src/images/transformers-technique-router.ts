import { TechniqueRouter, type ImageTechnique } from '#libs/compression';
import { loadPipeline } from '../local-models/load-pipeline.js';
import type { LocalModel } from '../local-models/local-model.js';

const TECHNIQUES: readonly ImageTechnique[] = ['full_low', 'preserve', 'crop', 'transcode'];
/** A classifier that is less sure than this leaves the choice to the rules. */
const SURE = 0.5;
const QUESTION_CHARACTERS = 2000;

/**
 * A text classifier whose labels are the techniques, such as `chopratejas/technique-router`; loaded with the first
 * image. Where it cannot be loaded the rules decide.
 */
export class TransformersTechniqueRouter extends TechniqueRouter {
  constructor(private readonly model: LocalModel) {
    super();
  }

  override async route(question: string): Promise<ImageTechnique | undefined> {
    if (question === '') return undefined;
    const classify = await loadPipeline('text-classification', this.model);
    const [best] = (await classify(question.slice(0, QUESTION_CHARACTERS))) as {
      label: string;
      score: number;
    }[];
    return best !== undefined && best.score >= SURE
      ? TECHNIQUES.find((technique) => technique === best.label)
      : undefined;
  }
}
