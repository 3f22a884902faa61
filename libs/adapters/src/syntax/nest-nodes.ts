import type { SyntaxNode, SyntaxRange } from '#libs/compression';

export interface FlatNode extends SyntaxRange {
  readonly type: string;
}

interface OpenNode extends FlatNode {
  readonly children: OpenNode[];
}

/** Builds a tree from nodes by where they lie; of two in the same place the earlier one is the outer. */
export function nest(root: SyntaxNode, nodes: readonly FlatNode[]): SyntaxNode {
  const top: OpenNode = { type: root.type, start: root.start, end: root.end, children: [] };
  const path: OpenNode[] = [top];
  // Sorting is stable, so nodes in the same place keep their order.
  for (const node of [...nodes].sort((a, b) => a.start - b.start || b.end - a.end)) {
    let parent = path.at(-1) ?? top;
    while (parent !== top && parent.end < node.end) {
      path.pop();
      parent = path.at(-1) ?? top;
    }
    const open: OpenNode = { ...node, children: [] };
    parent.children.push(open);
    path.push(open);
  }
  return top;
}
