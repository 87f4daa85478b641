/** So many links are told a direction; who looks at the root of everything is told enough by so many. */
export const LINKS_MAX = 200;

/** What a walk has found. */
export interface Walk<Link> {
  readonly links: readonly (Link & { readonly distance: number })[];
  /** There are more than are told, within the depth that was asked for. */
  readonly isCut: boolean;
}

export interface WalkOptions<Place, Link> {
  readonly depth: number;
  readonly keyOf: (place: Place) => string;
  /** The links of a place, and whether they are all. */
  readonly linksOf: (place: Place) => Promise<{ readonly links: readonly Link[]; readonly isCut: boolean }>;
  /** Where a link leads; null at an end. */
  readonly next: (link: Link) => Place | null;
}

/** Follows links from a place, breadth first, each place once. */
export async function walk<Place, Link>(
  start: Place,
  { depth, keyOf, linksOf, next }: WalkOptions<Place, Link>,
): Promise<Walk<Link>> {
  const seen = new Map([[keyOf(start), { place: start, distance: 0 }]]);
  const found: (Link & { readonly distance: number })[] = [];
  let isCut = false;
  // A Map is walked in order of insertion, and what is added while walking comes last: breadth first.
  for (const at of seen.values()) {
    if (at.distance === depth) break;
    const distance = at.distance + 1;
    const answer = await linksOf(at.place);
    const told = answer.links.slice(0, LINKS_MAX - found.length);
    found.push(...told.map((link) => ({ ...link, distance })));
    isCut ||= answer.isCut || told.length < answer.links.length;
    for (const place of told.flatMap((link) => next(link) ?? [])) {
      const key = keyOf(place);
      if (!seen.has(key)) seen.set(key, { place, distance });
    }
  }
  return { links: found, isCut };
}
