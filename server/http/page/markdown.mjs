import { status } from "./elements.js";

/**
 * The Markdown that the service writes: headings, nested lists, code, emphasis, the sign of what failed, characters by their numbers. Everything else is text, and
 * all of it is put on the page as text: there is no way from here to markup, a link or a script.
 */
export function markdown(source) {
  const made = document.createElement("div");
  made.className = "markdown";
  /** The open lists, the outermost first. */
  let lists = [];
  let paragraph = null;
  for (const line of source.split("\n")) {
    const item = /^( *)- (.*)$/.exec(line);
    const heading = /^(#{1,5}) (.*)$/.exec(line);
    if (item !== null) lists = addItem(made, lists, { depth: item[1].length / 2, words: item[2] });
    else if (line.trim() !== "") lists = [];
    if (heading !== null) made.append(filled(`h${heading[1].length + 1}`, heading[2]));
    const isText = item === null && heading === null && line.trim() !== "";
    if (!isText) paragraph = null;
    else if (paragraph === null) made.append((paragraph = filled("p", line)));
    else paragraph.append(" ", ...spans(line));
  }
  return made;
}

/** Answers the lists that are open then. */
function addItem(place, lists, { depth, words }) {
  const open = lists.slice(0, depth + 1);
  const parent = open.at(-1)?.lastElementChild ?? place;
  if (open.length <= depth) {
    const list = document.createElement("ul");
    parent.append(list);
    open.push(list);
  }
  open.at(-1).append(filled("li", words));
  return open;
}

function filled(name, words) {
  const made = document.createElement(name);
  made.append(...spans(words));
  return made;
}

/** Code stands first: what is in it is no emphasis. */
const SPAN =
  /(?<!`)(?<fence>`+)(?!`)(?<code>.+?)(?<!`)\k<fence>(?!`)|\*\*(?<strong>.+?)\*\*|\*(?<em>[^*]+)\*|&#(?<number>\d{1,6});|(?<failed>❌)/g;

function spans(words) {
  const parts = [];
  let end = 0;
  for (const match of words.matchAll(SPAN)) {
    parts.push(words.slice(end, match.index), spanOf(match.groups));
    end = match.index + match[0].length;
  }
  return [...parts, words.slice(end)];
}

function spanOf({ code, strong, em, number, failed }) {
  // Not every machine has a sign for it, and a word is read out.
  if (failed !== undefined) return status("failed");
  if (number !== undefined) return String.fromCodePoint(Number(number));
  if (code === undefined) return filled(strong === undefined ? "em" : "strong", strong ?? em);
  const made = document.createElement("code");
  // One space on each side is the fence's.
  made.append(/^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code);
  return made;
}
