/** A way to write content shorter from which it can be read back exactly. */
export interface LosslessForm {
  /** True for texts written in this form, and hardly ever for others. */
  readonly isWritten: (text: string) => boolean;
  /** The content that stands behind the text; a text that only looks like the form comes back as it is. */
  readonly decode: (text: string) => string;
}
