/** One page of a list. */
export interface ListPage<Item> {
  readonly data: readonly Item[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/**
 * What a list answers: awaited it is one page, iterated it is every item from there on, page after page.
 *
 * @example
 * for await (const queue of stanchion.queues.list({ status: "OPEN" })) console.log(queue.name);
 */
export type ListAnswer<Item> = Promise<ListPage<Item>> & AsyncIterable<Item>;

/** Reads the first page at once and the others when the iteration comes to them. */
export function listPages<Item>(
  readPage: (after: string | undefined) => Promise<ListPage<Item>>,
): ListAnswer<Item> {
  const first = readPage(undefined);
  return Object.assign(first, { [Symbol.asyncIterator]: () => readItems(first, readPage) });
}

async function* readItems<Item>(
  first: Promise<ListPage<Item>>,
  readPage: (after: string | undefined) => Promise<ListPage<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let page = await first;
  for (;;) {
    yield* page.data;
    const { endCursor, hasNextPage } = page.pageInfo;
    if (!hasNextPage || endCursor === null) return;
    page = await readPage(endCursor);
  }
}
