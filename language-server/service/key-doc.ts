import type { KeyShape } from "@headwater/workflow";
import { shapeInWords } from "./shape-words.js";

/** What a key of the language is for, in Markdown: its documentation, what it takes, what it means to leave it out. */
export function keyDoc(name: string, { doc, shape, required, default: usual }: KeyShape): string {
  const facts = [
    `Takes ${shapeInWords(shape)}.`,
    ...(required ? ["Required."] : []),
    ...(usual === undefined || /default/i.test(doc) ? [] : [`Default: \`${String(usual)}\`.`]),
  ];
  return `**${name}**: ${doc}\n\n${facts.join(" ")}`;
}
