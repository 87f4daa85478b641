import type { StepDefinition } from "@headwater/workflow";

/** What an effect says of the permits of its step; nothing for one without. */
export function permitsOf({ permits }: StepDefinition): { readonly permits?: readonly string[] } {
  return permits.length === 0 ? {} : { permits };
}
