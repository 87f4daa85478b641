import { CompletionItemKind } from "vscode-languageserver-types";
import type { Offer } from "./offer.js";
import type { Writing } from "./writing.js";

const SCRIPT = /\.(?:py|sh|js|mjs)$/;

/** In a script the files of the repository that scripts run, in the place of the word at the cursor; null elsewhere. */
export function scriptFileOffers({ site, text, offset, project }: Writing): {
  readonly offers: readonly Offer[];
  readonly start: number;
  readonly end: number;
} | null {
  if (site !== "step.run" && !site.startsWith("step.run.")) return null;
  const line = text.slice(Math.max(text.lastIndexOf("\n", offset - 1) + 1, offset - 500), offset);
  const word = /[\w./-]*$/.exec(line)?.[0] ?? "";
  const offers = project.sources
    .filter((path) => SCRIPT.test(path))
    .map((path) => {
      const label = word.startsWith("./") ? `./${path}` : path;
      return { label, kind: CompletionItemKind.File };
    });
  const end = offset + (/^[\w./-]*/.exec(text.slice(offset, offset + 500))?.[0].length ?? 0);
  return { offers, start: offset - word.length, end };
}
