export interface Progress {
  readonly show: (done: number) => void;
  /** Takes the line away again. */
  readonly end: () => void;
}

const betweenMsMin = 200;

/** A line on the terminal that counts along; nothing where nobody looks. */
export function showProgress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(done) {
      if (performance.now() - shownAt < betweenMsMin) return;
      shownAt = performance.now();
      process.stderr.write(
        `\r${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${what} …\u001b[K`,
      );
    },
    end: () => void process.stderr.write("\r\u001b[K"),
  };
}
