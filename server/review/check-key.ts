/** What the check of a commit is kept as. @param repositoryId the host's */
export function checkKey(hostName: string, repositoryId: string, head: string): string {
  return `check ${hostName} ${repositoryId} ${head}`;
}
