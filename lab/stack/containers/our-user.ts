/** Who runs this program, as `uid:gid`: whose files a container can read then. */
export function ourUser(): string {
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}
