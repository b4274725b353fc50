import type { ComponentChildren } from 'preact';
import type { Answer } from './api.js';
import { timeOfMinute } from './format.js';

interface NoticeProps {
  readonly kind: 'error' | 'warning' | 'quiet';
  readonly title: string;
  readonly children?: ComponentChildren;
}

const signs = { error: '✕', warning: '!', quiet: 'i' } as const;

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

export type Failure = Exclude<Answer<unknown>, { kind: 'ok' } | { kind: 'signed_out' }>;

/** Why no figures come, and of when the ones are that can be seen still. */
export function FailureNotice(props: {
  readonly failure: Failure;
  readonly shownFromMs: number | undefined;
}) {
  const { failure, shownFromMs } = props;
  const shown =
    shownFromMs === undefined
      ? ''
      : ` What you see was read at ${timeOfMinute(shownFromMs, 1_000)}.`;
  if (failure.kind === 'unreachable') {
    return (
      <Notice kind="error" title="The portal does not answer">
        Trying again every few seconds.{shown}
      </Notice>
    );
  }
  if (failure.code === 'graphite_unavailable') {
    return (
      <Notice kind="error" title="Graphite does not answer">
        The portal reads its figures there. Playback and counting go on without it.{shown}
      </Notice>
    );
  }
  return (
    <Notice kind="error" title="No figures came">
      {failure.message}.{shown}
    </Notice>
  );
}
