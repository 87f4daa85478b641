import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";

/** An operation of GitHub's description, found for a request. */
export interface Operation {
  /** As the description writes it: `/repos/{owner}/{repo}/pulls`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** What is wrong with a body; empty when nothing is. */
  checkBody(body: unknown): readonly string[];
  /** What is wrong with an answer. */
  checkAnswer(status: number, body: unknown): readonly string[];
  /** A minimal answer, with these parts in it. */
  answer(status: number, parts: object): unknown;
}

type Schema = { readonly [key: string]: unknown };
interface Described {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const FILE = join(import.meta.dirname, "../../../fixtures/github/openapi.json");
const JSON_TYPE = "application/json";

/** GitHub's own description of its API, as far as it is used. */
export interface GithubContract {
  find(method: string, path: string): Operation | null;
  /** The smallest value of a schema, by its name, that is not null, with these parts in it. */
  make(schema: string, parts: object): unknown;
}

/** Reads the description. */
export function createGithubContract(): GithubContract {
  // Shipped beside the tests; what is read of it is checked by compiling it.
  const description = withNull(JSON.parse(readFileSync(FILE, "utf8"))) as Description;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: "github", ...description });
  const compiled = new Map<string, ValidateFunction>();
  const check = (pointer: string, value: unknown): readonly string[] => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `github#${pointer}` });
    compiled.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  return {
    make(name, parts) {
      const schema = description.components.schemas[name] ?? {};
      const [whole = schema] = (schema["anyOf"] ?? []) as readonly Schema[];
      return merge(minimal(whole, description), parts);
    },
    find(method, path) {
      for (const [pattern, methods] of Object.entries(description.paths)) {
        const params = match(pattern, path);
        const operation = methods[method.toLowerCase()];
        if (params === null || operation === undefined) continue;
        const pointer = `/paths/${escape(pattern)}/${method.toLowerCase()}`;
        const place = (status: number) =>
          `${pointer}/responses/${status}/content/${escape(JSON_TYPE)}/schema`;
        return {
          path: pattern,
          params,
          checkBody: (body) =>
            operation.requestBody === undefined
              ? []
              : check(`${pointer}/requestBody/content/${escape(JSON_TYPE)}/schema`, body),
          checkAnswer(status, body) {
            if (operation.responses[status] === undefined) return [`status ${status} is not described`];
            return operation.responses[status].content === undefined ? [] : check(place(status), body);
          },
          answer(status, parts) {
            const schema = operation.responses[status]?.content?.[JSON_TYPE]?.schema;
            return schema === undefined ? parts : merge(minimal(schema, description), parts);
          },
        };
      }
      return null;
    },
  };
}

function match(pattern: string, path: string): Record<string, string> | null {
  const names: string[] = [];
  const source = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return "([^/]+)";
  });
  const found = new RegExp(`^${source}$`).exec(path);
  if (found === null) return null;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
}

function escape(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** OpenAPI 3.0 says `nullable`, JSON Schema does not know it. */
function withNull(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNull);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ...rest } = node as Schema;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withNull(value)]));
  return nullable === true ? { anyOf: [inner, { type: "null" }] } : inner;
}

/** The smallest value that a schema allows. */
function minimal(schema: Schema, description: Description): unknown {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const name = reference.replace("#/components/schemas/", "");
    return minimal(description.components.schemas[name] ?? {}, description);
  }
  const choices = (schema["oneOf"] ?? schema["anyOf"]) as readonly Schema[] | undefined;
  if (choices !== undefined && schema["properties"] === undefined) {
    const isNullable = choices.some(({ type }) => type === "null");
    return isNullable ? null : minimal(choices[0] ?? {}, description);
  }
  const parts = schema["allOf"] as readonly Schema[] | undefined;
  if (parts !== undefined)
    return Object.assign({}, ...parts.map((part) => minimal(part, description) as object));
  const values = schema["enum"] as readonly unknown[] | undefined;
  if (values !== undefined) return values[0];
  return ofType(schema, description);
}

function ofType(schema: Schema, description: Description): unknown {
  switch (schema["type"]) {
    case "string":
      return "x".repeat(Number(schema["minLength"] ?? 0));
    case "integer":
    case "number":
      return Number(schema["minimum"] ?? 0);
    case "boolean":
      return false;
    case "array":
      return [];
    default: {
      const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
      const required = (schema["required"] ?? []) as readonly string[];
      return Object.fromEntries(required.map((name) => [name, minimal(properties[name] ?? {}, description)]));
    }
  }
}

function merge(base: unknown, parts: unknown): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(base) || !isObject(parts)) return parts;
  const merged = { ...base };
  for (const [key, value] of Object.entries(parts)) merged[key] = merge(base[key], value);
  return merged;
}
