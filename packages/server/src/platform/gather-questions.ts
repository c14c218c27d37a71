interface Asked<Question, Row> {
  readonly question: Question;
  readonly resolve: (row: Row) => void;
  readonly reject: (error: unknown) => void;
}

const questionsMax = 500;
const queriesMax = 2;

/**
 * Answers single questions by gathering those that come together into one query.
 *
 * `ask` answers them in their order. While two are under way, others wait for the next.
 *
 * @example const find = gatherQuestions((ids) => findRows(pool, ids));
 */
export function gatherQuestions<Question, Row>(
  ask: (questions: readonly Question[]) => Promise<readonly Row[]>,
): (question: Question) => Promise<Row> {
  let asked: Asked<Question, Row>[] = [];
  let queries = 0;
  let isScheduled = false;

  const settle = async (group: readonly Asked<Question, Row>[]): Promise<void> => {
    try {
      const rows = await ask(group.map(({ question }) => question));
      for (const [index, { resolve }] of group.entries()) resolve(rows[index] as Row);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      queries -= 1;
      run();
    }
  };

  const run = (): void => {
    isScheduled = false;
    while (asked.length > 0 && queries < queriesMax) {
      const group = asked.slice(0, questionsMax);
      asked = asked.slice(questionsMax);
      queries += 1;
      void settle(group);
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      asked.push({ question, resolve, reject });
      if (isScheduled || queries >= queriesMax) return;
      isScheduled = true;
      setImmediate(run);
    });
}
