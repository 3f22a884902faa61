/** The model behind the demo. */
export interface DemoModel {
  readonly name: string;
  readonly description: string;
  /** Origin of an OpenAI-compatible API. */
  readonly origin: string;
  readonly apiKey: string;
  /** The memory block that the last request carried to the model; null where the model is not ours to ask. */
  lastRecalled(): string | null;
  close(): Promise<void>;
}
