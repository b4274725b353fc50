import type { ComponentChildren } from 'preact';
import type { Failure } from '../api/call.js';
import { usePage } from '../page-context.js';

interface NoticeProps {
  readonly kind: 'error' | 'warning' | 'quiet' | 'good';
  readonly title: string;
  readonly children?: ComponentChildren;
}

const signs = { error: '✕', warning: '!', quiet: 'i', good: '✓' } as const;

/** Something to be told apart from figures: an error, a warning, or that there's nothing to see. */
export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <span class="notice-sign" aria-hidden="true">
        {signs[kind]}
      </span>
      <div>
        <strong>{title}</strong>
        {children !== undefined && <p>{children}</p>}
      </div>
    </div>
  );
}

/** Why nothing comes, and of when what can be seen still is. */
export function FailureNotice(props: {
  readonly failure: Failure | undefined;
  /** When the shown figures were read; 0: none are shown. */
  readonly shownFromMs: number;
}) {
  const { zone } = usePage();
  const { failure, shownFromMs } = props;
  if (failure === undefined || failure.kind === 'signed_out') return null;
  const shown =
    shownFromMs === 0 ? '' : ` What you see was read at ${zone.time(shownFromMs, 1_000)}.`;
  if (failure.kind === 'unreachable') {
    return (
      <Notice kind="error" title="The portal does not answer">
        Trying again by itself.{shown}
      </Notice>
    );
  }
  if (failure.code === 'graphite_unavailable') {
    return (
      <Notice kind="error" title="Graphite does not answer">
        The portal reads its figures there. Playback and counting go on without it; the figures come
        back by themselves.{shown}
      </Notice>
    );
  }
  if (failure.code === 'not_found') {
    return (
      <Notice
        kind="quiet"
        title={`There is no such ${failure.field === 'group' ? 'group' : 'stream'}`}
      >
        Either it never was, or you may not see it.
      </Notice>
    );
  }
  return (
    <Notice kind="error" title="The portal could not answer">
      {failure.message}.{shown}
    </Notice>
  );
}

/** In the place of what is on its way. */
export function Skeleton({ kinds }: { readonly kinds: readonly ('strip' | 'chart' | 'rows')[] }) {
  return (
    <div class="figures" aria-busy="true">
      <p class="for-screen-readers" role="status">
        Loading
      </p>
      {kinds.map((kind, index) => (
        <div key={index} class={`card skeleton skeleton-${kind}`} />
      ))}
    </div>
  );
}
