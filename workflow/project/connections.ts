import { compileEnv } from "../compile/compile-value.js";
import type { DatabaseServer } from "../definition/definition.js";
import type { EnvTemplate } from "../definition/value-template.js";
import type { Report } from "../diagnostics/report.js";
import { EMBEDDED_DATABASE } from "../checks/check-connection.js";
import { itemsOf } from "../schema/field-value.js";
import type { Field } from "../schema/record.js";
import { offsetsIn } from "../syntax/scalar-offsets.js";
import type { SettingsFields } from "../schema/settings-schema.js";
import { postgresAddressProblems } from "./postgres-address.js";

/** The databases that steps may name, from `headwater.yaml`. */
export function connectionsOf({ connections }: SettingsFields): Readonly<Record<string, DatabaseServer>> {
  return Object.fromEntries(
    itemsOf(connections).flatMap(({ key, value: { value } }) => {
      const { postgres, password } = value;
      if (postgres === undefined) return [];
      return [
        [key, { url: template(postgres), password: password === undefined ? null : template(password) }],
      ];
    }),
  );
}

/** A connection has a name of its own, an address, and no password that the repository could tell. */
export function checkConnections({ connections }: SettingsFields, text: string, report: Report): void {
  for (const { key, keyRange, value } of itemsOf(connections)) {
    const { postgres, password } = value.value;
    if (key === EMBEDDED_DATABASE) {
      const message = `"${EMBEDDED_DATABASE}" is the database that every project has: give this connection another name`;
      report({ code: "invalid-value", message, range: keyRange });
    }
    if (postgres !== undefined) checkAddress(postgres, text, report);
    if (password !== undefined && template(password).kind !== "secret") {
      const message = "A password is one secret: ${{ secrets.NAME }}";
      report({ code: "invalid-value", message, range: password.range });
    }
  }
}

function checkAddress(field: Field<string>, text: string, report: Report): void {
  const url = template(field);
  const problem = addressProblem(url);
  if (problem !== null) return report({ code: "invalid-value", message: problem, range: field.range });
  if (url.kind !== "literal" || field.node.kind !== "scalar") return;
  const offset = offsetsIn(text, field.node);
  for (const { start, end, ...found } of postgresAddressProblems(field.value)) {
    report({ ...found, range: { start: offset(start), end: offset(end - 1) + 1 } });
  }
}

function addressProblem(url: EnvTemplate): string | null {
  if (url.kind === "secret") return null;
  if (url.kind !== "literal" || typeof url.value !== "string") {
    return "An address is a text, or as a whole one secret: ${{ secrets.NAME }}";
  }
  if (!/^postgres(?:ql)?:\/\/./.test(url.value)) {
    return `An address is like postgres://user@host:5432/database, or one secret`;
  }
  return /^[^/]+\/\/[^/?#@]*:[^/?#]*@/.test(url.value)
    ? `Whoever reads the repository reads this password: write it as "password", or all of the address as one secret`
    : null;
}

function template({ node }: Field<string>): EnvTemplate {
  return compileEnv(node);
}
