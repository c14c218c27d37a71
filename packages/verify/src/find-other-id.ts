/** Whether a proof is of something else than was asked for, in a sentence; null: it is not, or nothing was asked for by its id. */
export function findOtherId(id: unknown, askedId: string | undefined): string | null {
  const isSame = askedId === undefined || String(id).toLowerCase() === askedId.toLowerCase();
  return isSame ? null : `The proof is of ${id}, and ${askedId} was asked for.`;
}
