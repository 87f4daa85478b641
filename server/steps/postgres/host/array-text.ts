import type { Json } from "@headwater/workflow";

/** A token of the text of an array: a brace, a comma, a quoted element, a plain one. */
const TOKEN = /([{},])|"((?:[^"\\]|\\[^])*)"|([^{},"]+)/g;

/** Reads `{1,NULL,{"a,b"}}`, with or without bounds before it. Source: PostgreSQL's Arrays, 8.15.6. */
export function parseArrayText(text: string, element: (text: string | null) => Json): readonly Json[] {
  const whole: Json[] = [];
  const open: Json[][] = [];
  for (const [, sign, quoted, plain] of text.slice(text.indexOf("{")).matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (sign === "{") {
      const list = inner === undefined ? whole : [];
      inner?.push(list);
      open.push(list);
    } else if (sign === "}") open.pop();
    else if (sign === undefined) inner?.push(element(elementText(quoted, plain)));
  }
  return whole;
}

function elementText(quoted: string | undefined, plain: string | undefined): string | null {
  if (quoted !== undefined) return quoted.replaceAll(/\\([^])/g, "$1");
  return plain === undefined || plain === "NULL" ? null : plain;
}
