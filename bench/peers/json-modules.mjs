// Loader hooks: @actions/workflow-parser imports JSON without the attribute that Node.js wants, since it is made for bundlers.
export function load(url, context, nextLoad) {
  if (!url.endsWith(".json")) return nextLoad(url, context);
  return nextLoad(url, { ...context, importAttributes: { type: "json" } });
}
