import type { ASTNode } from "@marcbachmann/cel-js";
import { serialize } from "@marcbachmann/cel-js";
import type { Evaluator } from "./evaluate.js";
import type { ExpressionProblem } from "./expression-problem.js";
import { withPublicNames } from "./functions/own-names.js";
import { childrenOf, loopOf, nodesOf } from "./syntax-tree.js";
