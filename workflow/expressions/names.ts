import { firstNames } from "../diagnostics/first-names.js";
import type { ASTNode } from "@marcbachmann/cel-js";
import type { ExpressionProblem } from "./expression-problem.js";
import { FAILED, SUCCEEDED } from "./cel-value.js";
import { adviceForFunction } from "./function-habits.js";
import { FUNCTION_NAMES, isMethod } from "./functions/function-names.js";
import { withPublicNames } from "./functions/own-names.js";
import { writtenName } from "./loop-name.js";
import { adviceForName } from "./name-habits.js";
import { nearestName } from "../diagnostics/nearest-name.js";
import type { Loop } from "./syntax-tree.js";
import { childrenOf, loopOf } from "./syntax-tree.js";
import type { MemberType, ScopeType, TypeScope } from "./type-scope.js";

/** CEL's own name for `optional.of()` and `optional.none()`. */
const OPTIONAL = "optional";

/** A use of a name of the scope and the members after it; `start` and `end` enclose the whole path in the source. */
export interface Reference {
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** A part of an expression that names something of the scope which is no record: `run.id`, `steps.extract.outputs.rows`. */
export interface Member {
  readonly node: ASTNode;
  readonly type: MemberType;
}

export interface ResolvedNames {
  readonly problems: readonly ExpressionProblem[];
  readonly references: readonly Reference[];
  readonly members: readonly Member[];
}

interface Resolution {
  readonly scope: TypeScope;
  readonly problems: ExpressionProblem[];
  readonly references: Reference[];
  readonly members: Member[];
}

/** Finds what every name of an expression refers to, and all that refer to nothing. */
export function resolveNames(root: ASTNode, scope: TypeScope): ResolvedNames {
  const resolution: Resolution = { scope, problems: [], references: [], members: [] };
  visit(root, new Set(), resolution);
  return resolution;
}

function visit(node: ASTNode, loopVariables: ReadonlySet<string>, resolution: Resolution): void {
  const path = pathOf(node);
  if (path !== null) {
    const first = path[0]?.name ?? "";
    if (!loopVariables.has(first) && first !== OPTIONAL) resolvePath(path, node, resolution);
    return;
  }
  checkOperation(node, loopVariables, resolution);
  const loop = loopOf(node);
  if (loop !== null) visitLoop(loop, loopVariables, resolution);
  else {
    const strange = strangeNamespace(node, resolution.scope);
    for (const child of childrenOf(node)) if (child !== strange) visit(child, loopVariables, resolution);
  }
}

/** As `math` of `math.greatest(1, 2)`: the function is what is told of. */
function strangeNamespace(node: ASTNode, scope: TypeScope): ASTNode | null {
  if (node.op !== "rcall" || FUNCTION_NAMES.has(withPublicNames(node.args[0]))) return null;
  const [, owner] = node.args;
  return owner.op === "id" && !Object.hasOwn(scope, owner.args) ? owner : null;
}

function checkOperation(node: ASTNode, loopVariables: ReadonlySet<string>, resolution: Resolution): void {
  if (node.op === "call" || node.op === "rcall") checkFunction(node, resolution);
  else if (node.op === "[]" || node.op === "[?]") checkIndex(node.args, loopVariables, resolution);
}

/** What a step needs is known before any run, so nobody may say only then which step is meant. */
function checkIndex(
  [object, key]: readonly [ASTNode, ASTNode],
  loopVariables: ReadonlySet<string>,
  { scope, problems }: Resolution,
): void {
  const path = pathOf(object)?.map(({ name }) => name) ?? [];
  if (path[0] !== "steps" || loopVariables.has("steps")) return;
  if (typeAt(path, scope)?.name !== "record") return;
  const isStepOfLoop = path[2] === "outputs" && path.length > 3;
  const message = isStepOfLoop
    ? `What a loop has left is a list for each output: write ${path.join(".")}.<output>[…]`
    : "Which step is used, and what of it, must stand in the text: write steps.<id>";
  problems.push({ code: "expression-unsupported", message, start: key.start, end: key.end });
}

/** The type of what a path of names stands for; undefined where the scope has none. */
export function typeAt(path: readonly string[], scope: TypeScope): ScopeType | undefined {
  let known: ScopeType | undefined = { name: "record", fields: scope };
  for (const name of path) known = known?.name === "record" ? fieldOf(known.fields, name) : undefined;
  return known;
}

function visitLoop(loop: Loop, loopVariables: ReadonlySet<string>, resolution: Resolution): void {
  visit(loop.range, loopVariables, resolution);
  const variable = loop.variable.op === "id" ? writtenName(loop.variable.args) : "";
  for (const part of loop.body) visit(part, new Set([...loopVariables, variable]), resolution);
}

/** One name of a path such as `steps.extract`, where it stands, and whether `?` lets it be absent. */
export interface Segment {
  readonly name: string;
  /** The path up to here. */
  readonly node: ASTNode;
  readonly start: number;
  readonly end: number;
  readonly isOptional: boolean;
}

/** The path that a node is, from the name it starts with; null when it is something else. */
export function pathOf(node: ASTNode): readonly Segment[] | null {
  if (node.op === "id")
    return [{ name: writtenName(node.args), node, start: node.start, end: node.end, isOptional: false }];
  const member = memberOf(node);
  if (member === null) return null;
  const [object, name] = member;
  const path = pathOf(object);
  const { start, end } = memberRange(node, name);
  return path && [...path, { name, node, start, end, isOptional: node.op === ".?" }];
}

/** What a member is of, and its name: `.name`, `.?name` or `["name"]`; null when a node is no member. */
export function memberOf(node: ASTNode): readonly [ASTNode, string] | null {
  if (node.op === "." || node.op === ".?") return node.args;
  if (node.op !== "[]") return null;
  const [object, key] = node.args;
  return key.op === "value" && typeof key.args === "string" ? [object, key.args] : null;
}

/** Where the name of a member stands. */
export function memberRange(node: ASTNode, name: string): { start: number; end: number } {
  if (node.op === "[]") {
    const { start, end } = node.args[1].range;
    // Without its quotes, so that another name can be written there.
    return end - start === name.length + 2 ? { start: start + 1, end: end - 1 } : { start, end };
  }
  const { end } = node.range;
  return { start: end - name.length, end };
}

function resolvePath(
  path: readonly Segment[],
  node: ASTNode,
  { scope, problems, references, members }: Resolution,
): void {
  let known: ScopeType = { name: "record", fields: scope };
  let isSure = true;
  for (const [index, segment] of path.entries()) {
    if (known.name !== "record") break;
    const next = fieldOf(known.fields, segment.name);
    if (next === undefined) {
      if (!segment.isOptional) problems.push(unknownName(path.slice(0, index), segment, known.fields));
      break;
    }
    known = next;
    // What may be absent is of an optional type, which the library must work out itself.
    isSure &&= !segment.isOptional;
    if (isSure && known.name !== "record") members.push({ node: segment.node, type: known });
  }
  references.push({
    path: path.map((segment) => segment.name),
    start: path[0]?.start ?? 0,
    end: node.range.end,
  });
}

function fieldOf(fields: Readonly<Record<string, ScopeType>>, name: string): ScopeType | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function unknownName(before: readonly Segment[], segment: Segment, fields: TypeScope): ExpressionProblem {
  const owner = before.map((part) => part.name).join(".");
  const what = owner === "" ? `Unknown name "${segment.name}"` : `"${owner}" has no "${segment.name}"`;
  // What there is none of here, such as variables of a loop, is no choice.
  const names = Object.keys(fields).filter((name) => !isEmpty(fields[name]));
  const near = suggestion(what, segment.name, names);
  const advice = owner === "" ? (adviceForName(segment.name, fields) ?? textMeant(segment)) : null;
  const isStep = owner === "" && isRecordWith(fields["steps"], segment.name);
  const rest = isStep
    ? `: the step is steps.${segment.name}`
    : advice !== null
      ? `: ${advice}`
      : names.length === 0 && /^steps\.[^.]+\.outputs$/.test(owner)
        ? `: a step gives what its "outputs" declare, and this one declares none`
        : listed(names);
  const message = near.nearest === undefined ? what + rest : near.message;
  return { code: "expression-unknown-name", ...near, message, start: segment.start, end: segment.end };
}

/** A word that is compared is most likely a text without its quotes. */
function textMeant({ name, node: { input }, start, end }: Segment): string | null {
  const [before, after] = [input.slice(0, start), input.slice(end)];
  const isCompared = /[^\s"'][ ]*(?:[=!]=|\bin)\s*$/.test(before) || /^\s*[=!]=\s*[^\s"']/.test(after);
  return isCompared ? `a text stands in quotes, '${name}'` : null;
}

function isEmpty(type: ScopeType | undefined): boolean {
  return type?.name === "record" && Object.keys(type.fields).length === 0;
}

function isRecordWith(type: ScopeType | undefined, name: string): boolean {
  return type?.name === "record" && Object.hasOwn(type.fields, name);
}

function listed(names: readonly string[]): string {
  // Nobody is led to a name that only looks like another one.
  const plain = names.filter((name) => /^[a-zA-Z]\w*$/.test(name) && name !== "secrets");
  return plain.length === 0 ? "" : `: there is ${firstNames(plain)}`;
}

function checkFunction(node: ASTNode & { op: "call" | "rcall" }, { scope, problems }: Resolution): void {
  const name = withPublicNames(node.args[0]);
  const place = functionRange(node, name);
  if (!FUNCTION_NAMES.has(name)) {
    const habit = adviceForFunction(name);
    const what =
      habit !== undefined
        ? { message: `There is no ${name}(): ${habit}` }
        : suggestion(`Unknown function "${writtenName(name)}"`, name, [...FUNCTION_NAMES]);
    problems.push({ code: "expression-unknown-function", ...what, ...place });
  } else if (node.op === "call" && isMethod(name) && node.args[1].length > 0) {
    const message = `${name}() is called on a value: write x.${name}(…)`;
    problems.push({ code: "expression-type", message, ...place });
  } else if (node.op === "call" && isOutOfPlace(name, scope)) {
    const message = `${name}() is known only where a step has needs: in its if`;
    problems.push({ code: "expression-unknown-function", message, ...place });
  }
}

/** Where the name of a call stands; the library keeps the range of the whole call only. */
function functionRange(
  node: ASTNode & { op: "call" | "rcall" },
  name: string,
): { start: number; end: number } {
  const from = node.op === "rcall" ? node.args[1].range.end : node.range.start;
  const start = node.input.indexOf(name, from);
  return start < 0 ? node.range : { start, end: start + name.length };
}

function isOutOfPlace(name: string, scope: TypeScope): boolean {
  return (name === "succeeded" && !(SUCCEEDED in scope)) || (name === "failed" && !(FAILED in scope));
}

function suggestion(
  what: string,
  name: string,
  names: readonly string[],
): { message: string; nearest?: string } {
  const known = names.filter((candidate) => !candidate.startsWith("_")).slice(0, NAMES_COMPARED_MAX);
  const nearest = nearestName(name, known);
  return nearest === null ? { message: what } : { message: `${what}; did you mean "${nearest}"?`, nearest };
}

/** One expression can hold many unknown names, and a file can declare many: every name is not compared with each. */
const NAMES_COMPARED_MAX = 2000;
