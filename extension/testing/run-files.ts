/** How a test went, by its name. */
export interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly string[];
}

/** One run of tests as the editor shows it. */
export interface ShownRun<Item> {
  started(item: Item): void;
  tell(item: Item, verdict: Verdict): void;
  /** There is no verdict, and why. */
  fail(item: Item, reason: string): void;
  end(): void;
}

export interface TestFiles<Item> {
  /** The chosen tests, by the address of their file. */
  readonly chosen: ReadonlyMap<string, readonly Item[]>;
  readonly nameOf: (item: Item) => string;
  /** Simulates tests of a file until the signal says that nobody waits; null where nobody answers. */
  readonly ask: (
    uri: string,
    names: readonly string[],
    signal: AbortSignal,
  ) => Promise<readonly Verdict[] | null>;
}

/** Runs tests file by file, and ends whatever happens: a run that never ends could not be begun anew. */
export async function runFiles<Item>(
  shown: ShownRun<Item>,
  { chosen, nameOf, ask }: TestFiles<Item>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const [uri, items] of chosen) {
      if (signal.aborted) return;
      for (const item of items) shown.started(item);
      const answer = await ask(uri, items.map(nameOf), signal).catch(reasonOf);
      if (signal.aborted) return;
      for (const item of items) tellItem(shown, item, { name: nameOf(item), answer });
    }
  } finally {
    shown.end();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function tellItem<Item>(
  shown: ShownRun<Item>,
  item: Item,
  { name, answer }: { readonly name: string; readonly answer: readonly Verdict[] | string | null },
): void {
  if (answer === null) return shown.fail(item, "The language server does not answer");
  if (typeof answer === "string") return shown.fail(item, `Cannot be simulated: ${answer}`);
  const verdict = answer.find((each) => each.name === name);
  if (verdict === undefined) return shown.fail(item, "There is no test of this name in the file any more");
  shown.tell(item, verdict);
}
