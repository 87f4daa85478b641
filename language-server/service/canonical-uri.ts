/** One address for all the ways in which editors escape it: `file:///c%3A/a b` and `file:///c:/a%20b` are one file. */
export function canonicalUri(uri: string): string {
  const [, scheme = "", authority = "", path = uri] =
    /^([a-z][a-z0-9+.-]*:)(\/\/[^/]*)?(.*)$/is.exec(uri) ?? [];
  return scheme + authority + path.split("/").map(canonicalSegment).join("/");
}

function canonicalSegment(segment: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    // A lone "%": it is no escape, so it is taken as it stands.
    return encodeURIComponent(segment);
  }
}
