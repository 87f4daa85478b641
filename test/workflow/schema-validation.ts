import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { fileKind, jsonSchemaOf, type FileKind, type Json } from "@headwater/workflow";
import { jsonOf } from "#workflow/compile/compile-value.js";
import { parseYamlFile } from "#workflow/syntax/parse-yaml.js";

/** What the published JSON Schema of a file's kind says of it: the places that do not fit, none when all is well. */
export function createSchemaValidator(): (path: string, text: string) => readonly string[] {
  // Strict, but for two things: a value may be a text or a number, and "one of these keys is there" says nothing of their values.
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    logger: false,
  });
  const validators = new Map<FileKind, ValidateFunction>();
  return (path, text) => {
    const kind = fileKind(path);
    if (kind === null) return [];
    const validate = validators.get(kind) ?? ajv.compile(jsonSchemaOf(kind));
    validators.set(kind, validate);
    validate(dataOf(text));
    return (validate.errors ?? []).map(
      ({ instancePath, message = "", params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

function dataOf(text: string): Json {
  const { root } = parseYamlFile(Buffer.from(text), () => undefined);
  return root === null ? null : jsonOf(root);
}
