import { canonicalJson, mentionsOf, type WorkflowDefinition } from "@headwater/workflow";

/**
 * What a workflow emits, each with those of its params that are plain values: `warehouse.table-updated {"table":"orders"}`. One with
 * params of which none is plain says too little to be held against another one.
 */
export function emittedSignals(definition: WorkflowDefinition): ReadonlySet<string> {
  const signals = mentionsOf(definition).flatMap((mention) => {
    if (mention.role !== "emits") return [];
    const given = Object.entries(mention.params);
    const plain = given.flatMap(([name, template]) =>
      template.kind === "literal" ? [[name, template.value] as const] : [],
    );
    if (given.length === 0) return [mention.signal];
    return plain.length === 0 ? [] : [`${mention.signal} ${canonicalJson(Object.fromEntries(plain))}`];
  });
  return new Set(signals);
}

/** The name of one of `emittedSignals`. */
export function nameOfEmitted(signal: string): string {
  const [name = ""] = signal.split(" ", 1);
  return name;
}
