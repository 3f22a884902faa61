/** The name that is offered to models, and the one that the marker of dropped messages speaks of; both are answered. */
export const RETRIEVE_TOOL_NAMES = ['headroom_retrieve', 'ccr_retrieve'] as const;
export type RetrieveToolName = (typeof RETRIEVE_TOOL_NAMES)[number];

export type RetrieveToolShape = 'openai' | 'anthropic' | 'gemini';

export function isRetrieveTool(name: string | undefined): name is RetrieveToolName {
  return RETRIEVE_TOOL_NAMES.some((each) => each === name);
}

const [NAME] = RETRIEVE_TOOL_NAMES;
const DESCRIPTION =
  'Retrieve original uncompressed content that was compressed to save tokens. Use it when a marker such as ' +
  '"[100 items compressed to 10. Retrieve more: hash=…]" says that there is more and the answer may depend on it. ' +
  'With a query only the parts that match are returned.';

/** The tool as a model is told of it; `parameters` is JSON Schema. Always the same: prompt caches start with the tools. */
export const RETRIEVE_TOOL = {
  name: NAME,
  description: DESCRIPTION,
  parameters: {
    type: 'object',
    properties: {
      hash: { type: 'string', description: 'The 24-character hash or reference from the marker.' },
      query: { type: 'string', description: 'Optional: words to search for within the original content.' },
    },
    required: ['hash'],
  },
} as const;
