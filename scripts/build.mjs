// `npm run build`: compiles everything, and makes the one file from which the language server starts.
import { build, install } from "./prepare.mjs";

await install();
await build(["."]);
