import type { Span } from '../api/figures.js';
import type { StreamAnswer } from '../api/shapes.js';
import { Holdback } from '../figures/holdback.js';
import { useAddress } from '../page-context.js';
import { Notice } from '../parts/notice.js';
import { holdbackPercentOf, holdbackShown } from './stream-options.js';

/**
 * What peers do to a stream's viewers wherever its figures are kept, also of a holdback that is
 * over; where they aren't, what is missing.
 */
export function HoldbackSection(props: {
  readonly stream: StreamAnswer;
  readonly span: () => Span;
  readonly spanKey: string;
}) {
  const address = useAddress();
  const { stream, span, spanKey } = props;
  const { key, options } = stream;
  const shown = holdbackShown(options);
  if (shown === 'nothing') return null;
  if (shown === 'verdict') return <Holdback stream={key} span={span} spanKey={spanKey} />;
  const title = `${holdbackPercentOf(options)} % of sessions get no peers, and there is no verdict`;
  return (
    <Notice kind="quiet" title={title}>
      Their figures aren’t kept: name holdback among <em>Facets in Graphite</em> in the{' '}
      <a href={address({ page: 'settings', key })}>settings</a>, and from then on this page tells
      what peers do.
    </Notice>
  );
}
