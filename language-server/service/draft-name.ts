import { fileKind } from "@headwater/workflow";
import { unescaped } from "./canonical-uri.js";

/** Whether a document was never saved: it is in no folder. */
export function isDraft(uri: string): boolean {
  return uri.startsWith("untitled:");
}

/** The path that a draft would have in the folder of its project. Where its name has no ending of ours, its text says what it is. */
export function draftPath(uri: string, text: string): string {
  const name = unescaped(uri.slice(uri.search(/[^:/]*$/)));
  if (fileKind(name) !== null) return name;
  switch (KIND.exec(text)?.[1]) {
    case "tests":
      return `${name}.workflow.test.yaml`;
    case "template":
      return `${name}.template.yaml`;
    default:
      return `${name}.workflow.yaml`;
  }
}

/** A test begins with its workflow, as a workflow does. */
const KIND = /^(tests|template):/m;
