/**
 * CEL reserves the word `loop`, which is the name of a while's variables in our language. So the library is given another
 * word of the same length, which keeps every offset, and all that comes back from it is put into the author's words.
 */
const LOOP = "loop";
const STAND_IN = "__lp";

/** The source as the library reads it: `loop` as a name is replaced, in texts, comments and after a dot it is not. */
export function withoutReservedLoop(source: string): string {
  return source.includes(LOOP) ? source.replaceAll(TOKEN, (token) => libraryName(token)) : source;
}

/** The name under which the library knows one of the scope. */
export function libraryName(name: string): string {
  return name === LOOP ? STAND_IN : name;
}

/** The name that the author wrote. */
export function writtenName(name: string): string {
  return name === STAND_IN ? LOOP : name;
}

/** A message of the library in the author's words. */
export function withWrittenLoop(message: string): string {
  return message.replaceAll(STAND_IN, LOOP);
}

/** The values of a scope as an evaluation of the source needs them. */
export function withLoopValue<V>(
  source: string,
  scope: Readonly<Record<string, V>>,
): Readonly<Record<string, V>> {
  const loop = scope[LOOP];
  return loop === undefined || !source.includes(LOOP) ? scope : { ...scope, [STAND_IN]: loop };
}

/** The comments of a source, each from its `//` on, with where it begins. */
export function commentsOf(source: string): readonly { readonly start: number; readonly text: string }[] {
  return [...source.matchAll(TOKEN)].flatMap(({ 0: text, index }) =>
    text.startsWith("//") ? [{ start: index, text }] : [],
  );
}

const RAW_TEXT = /[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"]*"|'[^']*')/;
const TEXT = /"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/;
const COMMENT = /\/\/[^\n]*/;
const MEMBER = /\.\s*\??\s*[A-Za-z_]\w*/;
const NAME = /[A-Za-z_]\w*/;
const TOKEN = new RegExp([RAW_TEXT, TEXT, COMMENT, MEMBER, NAME].map(({ source }) => source).join("|"), "g");
