import type { CompletionItemKind } from "vscode-languageserver-types";

/** Something that may be written at a place. */
export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** Shown beside the label. */
  readonly detail?: string;
  /** In Markdown. */
  readonly doc?: string;
  /** What is written, when it is not the label. */
  readonly text?: string;
  /** The same with places to fill in, for editors that know snippets. */
  readonly snippet?: string;
  /** Offers of a smaller rank come first; 5 when left out. */
  readonly rank?: number;
}

/** A text that stands in a snippet as it is. */
export function inSnippet(text: string): string {
  return text.replaceAll(/[\\$}]/g, String.raw`\$&`);
}

/** A place of a snippet at which one of some texts is chosen. */
export function choiceInSnippet(choices: readonly string[]): string {
  return `\${1|${choices.map((text) => text.replaceAll(/[\\,|$}]/g, String.raw`\$&`)).join(",")}|}`;
}

/** A value as YAML reads it back: in quotes where it needs them. */
export function asScalar(value: string, isFlow: boolean): string {
  const isPlain =
    !/^[\s>|@`"'%&*!#{}[\],?:-]|^$|: |\s#|[:\s]$|\n/.test(value) && !(isFlow && /[,[\]{}]/.test(value));
  return isPlain ? value : JSON.stringify(value);
}
