export { main } from "./main.js";
export { renderSteps } from "./step-table.js";
export { renderTable } from "./table.js";
