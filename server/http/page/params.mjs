/** Params as somebody types them: a field each, and what is made of its words. */

/** What of a value is typed as it is, without quotes. */
const TEXTS = ["string", "date", "timestamp", "duration"];

/** The field for a param of a workflow; with the value that it has now, where there is one. */
export function fieldOf(param, value) {
  const { name, type, options } = param;
  const choices = options ?? (type.name === "bool" ? [true, false] : undefined);
  return {
    name,
    label: name,
    hint: hintOf(param),
    required: param.default === undefined && value === undefined,
    options: choices?.map((choice) => JSON.stringify(choice)),
    value: value === undefined ? "" : wordsOf(param, value),
  };
}

/** What somebody leaves empty is not given, so that its default holds. */
export function givenOf(params, words) {
  const given = params.filter(({ name }) => words[name] !== "");
  return Object.fromEntries(given.map((param) => [param.name, valueOf(param, words[param.name])]));
}

/** What a value is typed as. */
export function wordsOf(param, value) {
  return isTyped(param) && typeof value === "string" ? value : JSON.stringify(value);
}

/** Where the type is a text, it is what was typed; elsewhere JSON, and what is none is refused with the words of the service. */
function valueOf(param, words) {
  if (isTyped(param)) return words;
  const value = parsedOr(words);
  const inexact = value === words ? null : inexactNumber(words);
  if (inexact === null) return value;
  const beyond = Number.isFinite(Number(inexact))
    ? "9007199254740991 (2^53 - 1), up to which whole numbers are exact"
    : "all numbers that can be told";
  throw new RangeError(`${inexact} is beyond ${beyond}: write it as a string, in quotes`);
}

function parsedOr(words) {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

/** The first number, outside of strings, that would be another one. The service would not see it: it gets what it has become. */
function inexactNumber(words) {
  const numbers =
    words.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? [];
  return numbers.find(isInexact) ?? null;
}

function isInexact(written) {
  const value = Number(written);
  if (!Number.isFinite(value)) return true;
  return /^-?\d+$/.test(written) && !Number.isSafeInteger(value) && String(value) !== written;
}

function isTyped({ type, options }) {
  return options === undefined && TEXTS.includes(type.name);
}

function hintOf({ type, min, max, description, default: template }) {
  const bounds = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  return [description, typeOf(type), ...bounds, defaultOf(template)].filter(Boolean).join(", ");
}

/** `list<string>`, as authors write it. */
function typeOf({ name, of }) {
  return of === undefined ? name : `${name}<${typeOf(of)}>`;
}

function defaultOf(template) {
  if (template === undefined) return "required";
  if (template.kind === "literal") return `default ${JSON.stringify(template.value)}`;
  return template.kind === "expression" ? `default \${{ ${template.source} }}` : "has a default";
}
