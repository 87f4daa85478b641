import {
  firstNames,
  LACKS_MEMBER,
  nearestName,
  type CelValue,
  type Scope,
  type ValueTemplate,
} from "@headwater/workflow";

const MISSING = new RegExp(`^${LACKS_MEMBER} "(.*)"$`, "s");

/**
 * Why the expressions of a trigger have no value: of a param that its signal lacks, which one it is of which signal, the nearest
 * and those that there are. Any other message is what it was.
 */
export function missingParam(message: string, template: ValueTemplate, scope: Scope): string {
  const [, missing] = MISSING.exec(message) ?? [];
  if (missing === undefined) return message;
  for (const [name, params] of signalsIn(scope)) {
    const isAsked = sourcesOf(template).some((source) => source.includes(`${name}.${missing}`));
    if (isAsked && !Object.hasOwn(params, missing)) return lacks(name, missing, Object.keys(params));
  }
  return message;
}

type Members = Readonly<Record<string, CelValue>>;

/** Each as expressions name it. */
function signalsIn({ signal = null, signals = null }: Scope): readonly (readonly [string, Members])[] {
  const joined = isMap(signals) ? Object.entries(signals) : [];
  return [
    ["signal", signal] as const,
    ...joined.map(([name, one]) => [`signals.${name}`, one] as const),
  ].flatMap(([name, one]) => (isMap(one) ? [[name, one] as const] : []));
}

function isMap(value: CelValue): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function lacks(signal: string, missing: string, known: readonly string[]): string {
  const nearest = nearestName(missing, known);
  const question = nearest === null ? "." : `. Did you mean "${nearest}"?`;
  const has = known.length === 0 ? "no params" : firstNames(known);
  return `"${signal}" came without "${missing}"${question} It has ${has}`;
}

function sourcesOf(template: ValueTemplate): readonly string[] {
  switch (template.kind) {
    case "literal":
      return [];
    case "expression":
      return [template.source];
    case "text":
      return template.parts.flatMap((part) => (typeof part === "string" ? [] : [part.source]));
    case "list":
      return template.items.flatMap(sourcesOf);
    case "map":
      return Object.values(template.entries).flatMap(sourcesOf);
  }
}
