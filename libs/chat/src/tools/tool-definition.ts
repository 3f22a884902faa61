/** A tool as a model is told of it; each dialect writes it in its provider's shape. `parameters` is JSON Schema. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}
