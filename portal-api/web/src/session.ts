import { useEffect, useState } from 'preact/hooks';
import { sessionEvents } from './api/call.js';
import { fetchSession, signOut } from './api/session.js';
import type { SessionAnswer } from './api/shapes.js';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed_out' }
  /** `hasEnded`: what the page has stays, till the same user has signed in again. */
  | { readonly kind: 'signed_in'; readonly session: SessionAnswer; readonly hasEnded: boolean };

const againMs = 3_000;

/** Who is signed in; hears of a session's end wherever an answer tells it. */
export function useSession(): {
  readonly state: SessionState;
  readonly signedIn: (session: SessionAnswer) => void;
  readonly leave: () => void;
} {
  const [state, setState] = useState<SessionState>({ kind: 'asking' });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const answer = await fetchSession();
      if (answer.kind === 'ok') {
        setState({ kind: 'signed_in', session: answer.value, hasEnded: false });
      } else if (answer.kind === 'signed_out') setState({ kind: 'signed_out' });
      else {
        setState({ kind: 'unreachable' });
        timer = setTimeout(() => void ask(), againMs);
      }
    };
    void ask();
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const end = (): void =>
      setState((now) => (now.kind === 'signed_in' ? { ...now, hasEnded: true } : now));
    sessionEvents.addEventListener('ended', end);
    return () => sessionEvents.removeEventListener('ended', end);
  }, []);
  return {
    state,
    signedIn: (session) => setState({ kind: 'signed_in', session, hasEnded: false }),
    leave: () => void signOut().then(() => setState({ kind: 'signed_out' })),
  };
}
