import type { FunctionDescription } from "@headwater/workflow/navigation";

/** A function of expressions in Markdown: how it is called, what it gives, an example. */
export function functionDoc({ signatures, doc, example }: FunctionDescription): string {
  return `\`\`\`\n${signatures.join("\n")}\n\`\`\`\n\n${doc}\n\nExample: \`${example}\``;
}
