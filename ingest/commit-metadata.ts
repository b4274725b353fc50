/**
 * What goes with each commit of ingest. kafkajs may commit by itself, without it (DESIGN §9), so a
 * commit without it is none; the offset stands in it too.
 */
const shape = /^\{"v":1,"ingestedBefore":(\d{1,16})\}$/;

export function encodeCommitMetadata(offset: number): string {
  return `{"v":1,"ingestedBefore":${offset}}`;
}

/** Whether a commit's metadata is ingest's own. */
export function isCommitMetadata(metadata: string): boolean {
  return shape.test(metadata);
}
