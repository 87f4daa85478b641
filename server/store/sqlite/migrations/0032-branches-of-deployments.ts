/** Of which branch a deployment was; null of those that were made before that was kept. */
export const branchesOfDeployments = `
ALTER TABLE deployment ADD COLUMN branch TEXT;
`;
