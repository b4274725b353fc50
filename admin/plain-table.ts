import Table from 'cli-table3';

/** A table without colours: for terminals, files and pipes alike. */
export function plainTable(head: string[]): Table.Table {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}
