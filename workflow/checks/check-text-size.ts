import type { Template } from "../compile/template.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { StepNode } from "../model/step-tree.js";
import { resolvePath } from "../project/repository-path.js";
import type { SourceTree } from "../project/source-tree.js";
import { itemsOf } from "../schema/field-value.js";
import { FILE_BYTES_MAX } from "../syntax/parse-yaml.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { WorkflowCheck } from "./workflow-check.js";

/** What the files that one workflow uses may add up to, each as often as it is used. */
export const TEXTS_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The definition of a workflow holds the text of every file of SQL and every template once for each step that uses it: asked
 * before any of it is copied. Reported at the first step that is too much; false when there is one.
 */
export function checkTextSize({ steps, path, tree, report }: WorkflowCheck): boolean {
  const sizes = createTextSizes(tree);
  let bytes = 0;
  for (const step of steps) {
    bytes += sqlBytes(step.fields.sql, path, sizes) + templateBytes(step, sizes);
    if (bytes <= TEXTS_BYTES_MAX) continue;
    const message = `The files that steps use add up to more than 4 MiB here, each counted as often as it is used: use a foreach, or several workflows`;
    report({ code: "texts-too-large", message, range: placeOf(step) });
    return false;
  }
  return true;
}

function placeOf({ fields, idRange }: StepNode): TextRange {
  return fields.use?.range ?? fields.sql?.value.file?.range ?? idRange;
}

/** Every file is looked at once, however many steps use it. */
interface TextSizes {
  /** Bytes of a file; 0 of one that is not there or alone too large, which have findings of their own. */
  readonly ofFile: (path: string | null) => number;
  /** How often the text of a template names each of its inputs. */
  readonly usesOfInputs: (template: Template) => ReadonlyMap<string, number>;
}

function createTextSizes(tree: SourceTree): TextSizes {
  const files = new Map<string, number>();
  const templates = new Map<string, ReadonlyMap<string, number>>();
  return {
    ofFile: (path) => {
      if (path === null) return 0;
      const size = files.get(path) ?? tree.read(path)?.length ?? 0;
      files.set(path, size);
      return size > FILE_BYTES_MAX ? 0 : size;
    },
    usesOfInputs: (template) => {
      const uses = templates.get(template.path) ?? countInputs(template.text);
      templates.set(template.path, uses);
      return uses;
    },
  };
}

function countInputs(text: string): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const name of inputsIn(text)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function inputsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/\binputs\s*\.\s*(\w+)/g), ([, name = ""]) => name);
}

function sqlBytes(sql: StepNode["fields"]["sql"], from: string, sizes: TextSizes): number {
  const file = sql?.value.file;
  return file === undefined ? 0 : sizes.ofFile(resolvePath(file.value, from));
}

/** Its text, that of the file it names, and what is put into it, as often as it is. */
function templateBytes({ fields, template }: StepNode, sizes: TextSizes): number {
  if (template === null) return 0;
  const uses = sizes.usesOfInputs(template);
  let put = 0;
  for (const [name, length] of inputLengths(fields, template)) put += (uses.get(name) ?? 0) * length;
  return template.text.length + sqlBytes(template.fields.sql, template.path, sizes) + put;
}

/** Characters of what each input of a template stands for; a default holds those of the inputs above that it uses. */
function inputLengths(fields: StepNode["fields"], template: Template): ReadonlyMap<string, number> {
  const given = new Map(itemsOf(fields.with).map(({ key, value }) => [key, value.node]));
  const lengths = new Map<string, number>();
  for (const { key, value } of itemsOf(template.fields.inputs)) {
    const node = given.get(key) ?? value.value.default?.node;
    lengths.set(key, node === undefined ? 0 : lengthOf(node, lengths));
  }
  return lengths;
}

/** Characters of all texts in a value, and of the inputs that it uses. */
function lengthOf(node: SyntaxNode, inputs: ReadonlyMap<string, number>): number {
  if (node.kind === "scalar") {
    return inputsIn(node.text).reduce((sum, name) => sum + (inputs.get(name) ?? 0), node.text.length);
  }
  const parts = node.kind === "list" ? node.items : node.entries.map(({ value }) => value);
  return parts.reduce((sum, part) => sum + lengthOf(part, inputs), 0);
}
