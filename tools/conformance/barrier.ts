/** Lets the cases of one batch wait for one another, so that something can be done when all of them are ready for it. */
export interface Barrier {
  /** A batch of so many cases begins. */
  begin(count: number): void;
  /** Resolves when every case of the batch is here or over, and what was to be done then is done. */
  arrive(): Promise<void>;
  /** A case is over, whether it arrived or not. The last one ends the batch. */
  leave(hasArrived: boolean): Promise<void>;
}

export function createBarrier(
  whenAllAreHere: () => Promise<void>,
  whenAllAreOver: () => Promise<void>,
): Barrier {
  let expected = 0;
  let present = 0;
  let arrived = 0;
  let over = 0;
  let opened = Promise.withResolvers<void>();

  // Where nobody waits, because every case failed on its way here, there is nothing to do and nothing to undo.
  const openWhenComplete = (): void => {
    if (present === expected && arrived > 0) whenAllAreHere().then(opened.resolve, opened.reject);
  };
  return {
    begin(count) {
      expected = count;
      present = 0;
      arrived = 0;
      over = 0;
      opened = Promise.withResolvers();
    },
    arrive() {
      present += 1;
      arrived += 1;
      openWhenComplete();
      return opened.promise;
    },
    async leave(hasArrived) {
      if (!hasArrived) {
        present += 1;
        openWhenComplete();
      }
      over += 1;
      if (over === expected && arrived > 0) await whenAllAreOver();
    },
  };
}
