/** Whose streams somebody sees, as the page says it; null: all. */
export function groupsText(groups: readonly string[] | null): string {
  if (groups === null) return 'all streams';
  return groups.length === 0 ? 'no stream' : `groups ${groups.join(', ')}`;
}
