import type { KeyShape, Shape } from "@headwater/workflow";
import { offeredKeys } from "@headwater/workflow/navigation";
import { CompletionItemKind } from "vscode-languageserver-types";
import { keyDoc } from "../key-doc.js";
import { givenNames } from "./given-names.js";
import { keySnippet, type SnippetLayout } from "./key-snippet.js";
import type { Offer } from "./offer.js";
import { inSnippet } from "./offer.js";
import type { Writing } from "./writing.js";

/** The keys that may stand beside those that do, those that are wanted first; with a name alone where the colon is there. */
export function keyOffers(
  writing: Writing,
  shapes: readonly Shape[],
  layout: SnippetLayout & { readonly hasColon: boolean },
): readonly Offer[] {
  const { siblings } = writing.place;
  return [
    ...offeredKeys(shapes, siblings).map(({ name, shape, isWanted }) => ({
      label: name,
      kind: CompletionItemKind.Property,
      doc: keyDoc(name, shape),
      ...detailOf(shape),
      ...(layout.hasColon ? {} : { text: `${name}: `, snippet: keySnippet(name, shape, layout) }),
      rank: rankOf(isWanted),
    })),
    ...givenNames(writing)
      .filter(({ name }) => !siblings.includes(name))
      .map(({ name, isRequired, ...shown }) => ({
        ...shown,
        label: name,
        kind: CompletionItemKind.Field,
        ...(layout.hasColon ? {} : { text: `${name}: `, snippet: `${inSnippet(name)}: $0` }),
        rank: isRequired ? 2 : 4,
      })),
  ];
}

function detailOf({ required }: KeyShape): { readonly detail?: string } {
  return required ? { detail: "required" } : {};
}

function rankOf(isWanted: boolean): number {
  return isWanted ? 3 : 5;
}
