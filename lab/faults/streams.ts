/** The two streams of a fault's viewers; nobody else has any. */
export function streamsOf(fault: { readonly name: string }): readonly string[] {
  return [`${fault.name}-1`, `${fault.name}-2`];
}
