import type { PageElement } from './page-tree.js';

export type BlockKind = 'text' | 'heading' | 'item' | 'code' | 'table';

/** A run of text that stands on lines of its own. */
export interface Block {
  readonly kind: BlockKind;
  /** What a reader sees, with single spaces; code keeps its own. */
  readonly text: string;
  /** The same with Markdown for code and, where asked for, links. */
  readonly marked: string;
  /** Characters; one of Chinese, Japanese or Korean counts for the two and a half of an alphabet it stands for. */
  readonly length: number;
  /** Characters of the text that are in links or buttons. */
  readonly linked: number;
  /** Of a heading 1 to 6; of a list item how deep its list is nested, from 0. */
  readonly level: number;
  readonly isQuote: boolean;
  /** The innermost element on lines of its own that holds the text. */
  readonly element: PageElement;
  /** The cells of a table, row by row. */
  readonly rows?: readonly (readonly string[])[];
}

export function singleSpaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g;

export function weightedLength(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0) * 1.5;
}
