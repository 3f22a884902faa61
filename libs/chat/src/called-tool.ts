/** A call of a tool by the model; `arguments` is JSON text as the model wrote it. */
export interface CalledTool {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A call as it stands in an answer; `sent` is all of it as the provider wrote it, for giving it back. */
export interface AnswerCall extends CalledTool {
  readonly sent: Readonly<Record<string, unknown>>;
}

/** What a tool of ours answers to a call. */
export interface ToolAnswer {
  /** The text for the model. */
  readonly content: string;
  /** What of the call's arguments may outlive the turn; all of them when it is not said. */
  readonly keptArguments?: string | undefined;
  /** The id of what the call erased: nothing that names it may outlive the turn. */
  readonly erased?: string | undefined;
}

/** What a called tool of ours gave. */
export interface ToolResult extends ToolAnswer {
  readonly call: AnswerCall;
}

/** Tokens as the provider counted them; further fields of the provider's are kept. */
export interface ProviderUsage {
  readonly [field: string]: unknown;
}
