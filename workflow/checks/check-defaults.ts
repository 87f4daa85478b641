import type { ExpressionChecker } from "../expressions/check-expression.js";
import type { Reference } from "../expressions/names.js";
import type { MapItem } from "../schema/collections.js";
import type { ParamFields } from "../schema/workflow-schema.js";
import { checkSite, mayHoldExpression, type SiteContext } from "./check-site.js";
import { expecting } from "./expression-sites.js";

export interface DefaultsCheck extends Pick<SiteContext, "text" | "report" | "names"> {
  readonly checker: ExpressionChecker;
  /** The name by which expressions have the others. */
  readonly root: "params" | "inputs";
  /** `above`: a default may use those that stand above it; `alone`: none of the others. */
  readonly uses: "above" | "alone";
}

/** Checks the expressions in the defaults of params, or of inputs. */
export function checkDefaults(
  params: readonly MapItem<ParamFields>[],
  { checker, root, uses, ...context }: DefaultsCheck,
): void {
  const all = new Set(params.map(({ key }) => key));
  const earlier = new Set<string>();
  for (const { key, value } of params) {
    const { default: written, type } = value.value;
    if (written !== undefined && mayHoldExpression(written.node)) {
      const referenceProblem = ({ path }: Reference): ReturnType<SiteContext["referenceProblem"]> => {
        const [first, name] = path;
        // What there is not at all is told as that.
        if (first !== root || name === undefined || earlier.has(name) || !all.has(name)) return null;
        return { code: "expression-unknown-name", message: unusable(key, name, { root, uses }) };
      };
      checkSite({ node: written.node, checker, ...expecting(type?.value) }, { ...context, referenceProblem });
    }
    if (uses === "above") earlier.add(key);
  }
}

function unusable(name: string, used: string, { root, uses }: Pick<DefaultsCheck, "root" | "uses">): string {
  return uses === "above"
    ? `The default of "${name}" may only use ${root} above it; "${used}" is not`
    : `The default of "${name}" may use "run" and "workflow", and no other input: let the step give what depends on "${used}"`;
}
