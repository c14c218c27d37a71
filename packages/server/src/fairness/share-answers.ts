/**
 * Asks once for all who ask the same while the answer is under way: after a draw a crowd wants to see one log. What they are told may
 * be a moment old, as it may be by a cache; nothing is kept once it is answered.
 *
 * @example
 * const share = shareAnswers<LogPart>();
 * const part = await share(url, () => readLog(db, keys, owner, query));
 */
export function shareAnswers<T>(): (question: string, ask: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (question, ask) => {
    const known = underWay.get(question);
    if (known !== undefined) return known;
    const asked = ask().finally(() => underWay.delete(question));
    underWay.set(question, asked);
    return asked;
  };
}
