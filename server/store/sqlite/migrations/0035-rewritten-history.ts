/** Whether a push has taken back what was on its branch before; null of deployments that were made before that was told. */
export const rewrittenHistory = `
ALTER TABLE deployment ADD COLUMN rewritten TEXT;
`;
