/** What a repository has deployed was found by a look at all environments. */
export const projectsByRepository = `
CREATE INDEX project_by_repository ON project (repository_id, updated_at);
`;
