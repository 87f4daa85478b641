/** One address for all the ways in which editors escape it: `file:///c%3A/a b` and `file:///c:/a%20b` are one file. */
export function canonicalUri(uri: string): string {
  const [, scheme = "", authority = "", path = uri] =
    /^([a-z][a-z0-9+.-]*:)(\/\/[^/]*)?(.*)$/is.exec(uri) ?? [];
  return scheme + authority + path.split("/").map(canonicalSegment).join("/");
}

function canonicalSegment(segment: string): string {
  return encodeURIComponent(unescaped(segment));
}

/** What stands in a part of an address, without its escapes. */
export function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone "%", or bytes that are no text: it is no escape, so it is taken as it stands.
    return part;
  }
}
