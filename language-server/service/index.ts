export type { Encoding } from "./file-store.js";
export { createLanguageService, type LanguageService } from "./language-service.js";
export { canonicalUri } from "./canonical-uri.js";
export { isOfLanguage, isReadByCompiler } from "./workspace.js";
export { TOKEN_MODIFIERS, TOKEN_TYPES } from "./features/semantic-tokens.js";
export { FIX_ALL } from "./features/code-actions.js";
