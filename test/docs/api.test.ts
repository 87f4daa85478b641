import { it } from "mocha";
import { API_PREFIX, ROUTES, type Route } from "@headwater/api";
import { checkGeneratedPart } from "./generated-part.js";

it("docs/api.md lists the routes of the table", () => {
  const lines = Object.values<Route>(ROUTES).map(({ method, path, summary, errors }) => {
    const codes = errors.map((code) => `\`${code}\``).join(", ");
    return `- \`${method} ${API_PREFIX}${path}\`: ${summary}.${codes === "" ? "" : ` Errors: ${codes}.`}`;
  });
  checkGeneratedPart("api.md", "routes", lines.join("\n"));
});
