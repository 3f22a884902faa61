/** A call of a tool by the model; `arguments` is JSON text as the model wrote it. */
export interface CalledTool {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a called tool of ours gave. */
export interface ToolResult {
  readonly call: CalledTool;
  readonly content: string;
}

/** Tokens as the provider counted them; further fields of the provider's are kept. */
export interface ProviderUsage {
  readonly [field: string]: unknown;
}
