/**
 * A function of one thing that does all that it is asked for in one turn by a single call of `work`, which answers in the order of its
 * inputs: a statement costs far more than a row. What fails fails for all of the batch.
 */
export function inBatches<Input, Output>(
  work: (inputs: readonly Input[]) => Promise<readonly Output[]>,
): (input: Input) => Promise<Output> {
  let waiting: Input[] = [];
  let coming: Promise<readonly Output[]> | null = null;

  async function start(): Promise<readonly Output[]> {
    await Promise.resolve();
    const inputs = waiting;
    waiting = [];
    coming = null;
    return work(inputs);
  }

  return async (input) => {
    const place = waiting.push(input) - 1;
    coming ??= start();
    const outputs = await coming;
    // `work` answers every input.
    return outputs[place] as Output;
  };
}
