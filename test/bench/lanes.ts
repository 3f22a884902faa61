/** Runs `work` over the items, at most `lanes` at a time. @returns the outcomes in the order of the items. */
export async function inLanes<Item, Outcome>(
  lanes: number,
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(items.length);
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) outcomes[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return outcomes;
}
