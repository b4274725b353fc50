/** What a file for an import has, or why it can't be one. */
export type ImportFile =
  | {
      readonly kind: 'read';
      readonly document: object;
      readonly streamsCount: number;
      /** Where each stream stands, from 1; none where that can't be told. */
      readonly lines: readonly number[];
    }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads the text of a file; what stands in its streams is the API's to judge. */
export function readImportFile(text: string): ImportFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', message: `It is no JSON: ${reason}.` };
  }
  const streams =
    typeof document === 'object' && document !== null && 'streams' in document
      ? document.streams
      : undefined;
  if (typeof document !== 'object' || document === null || !Array.isArray(streams)) {
    return { kind: 'wrong', message: 'It has no list of streams, as an export has.' };
  }
  const lines = objectLines(text);
  const areAll = lines.length === streams.length;
  return {
    kind: 'read',
    document,
    streamsCount: streams.length,
    lines: areAll ? lines : [],
  };
}

/** A refusal with the line of the stream that it is about: `streams[3].title: must be string`. */
export function withLine(
  field: string | undefined,
  message: string,
  lines: readonly number[],
): string {
  const index = /^streams\[(\d+)\]/.exec(field ?? '')?.[1];
  const line = index === undefined ? undefined : lines[Number(index)];
  return line === undefined ? message : `Line ${line}: ${message}`;
}

/** The lines on which objects in a list of the outermost object begin, in valid JSON. */
function objectLines(text: string): number[] {
  const lines: number[] = [];
  let [depth, line, isInText] = [0, 1, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') line += 1;
    else if (isInText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isInText = false;
    } else if (sign === '"') isInText = true;
    else if (sign === '{' || sign === '[') {
      if (sign === '{' && depth === 2) lines.push(line);
      depth += 1;
    } else if (sign === '}' || sign === ']') depth -= 1;
  }
  return lines;
}
