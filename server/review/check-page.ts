import type { Subject } from "./wanted-object.js";

/** Where the whole check of a commit is shown; null while nobody has said where people reach the service. */
export function checkPage(
  { place, head }: Pick<Subject, "place" | "head">,
  { publicUrl, hostName }: { readonly publicUrl: string | null; readonly hostName: string },
): string | null {
  return publicUrl === null
    ? null
    : `${publicUrl}/reviews/${hostName}/${encodeURIComponent(place.repositoryId)}/${head}`;
}

/** As a field, which is there where the page is. */
export function withPage(page: string | null): { readonly page?: string } {
  return page === null ? {} : { page };
}

/** Who tells what there was no room for, in Markdown. @param command what tells it where there is no page */
export function tellsAll(page: string | null | undefined, command = "headwater plan"): string {
  return page === null || page === undefined
    ? `\`${command}\` tells all`
    : `[the whole check](${page}) tells all`;
}
