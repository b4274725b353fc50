import { useEffect, useState } from 'preact/hooks';
import { sessionEvents } from './api/call.js';
import { fetchSession, signOut } from './api/session.js';
import type { SessionAnswer } from './api/shapes.js';
import { whyNotSignedOut, type SessionState } from './session-state.js';

const againMs = 3_000;

/** Who is signed in; hears of a session's end wherever an answer tells it. */
export function useSession(): {
  readonly state: SessionState;
  /** What went wrong with the session last, in words; empty: nothing did. */
  readonly trouble: string;
  readonly signedIn: (session: SessionAnswer) => void;
  readonly leave: () => Promise<void>;
} {
  const [state, setState] = useState<SessionState>({ kind: 'asking' });
  const [trouble, setTrouble] = useState('');
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
  const leave = async (): Promise<void> => {
    setTrouble('');
    const why = whyNotSignedOut(await signOut());
    setTrouble(why);
    if (why === '') setState({ kind: 'signed_out' });
  };
  const signedIn = (session: SessionAnswer): void => {
    setTrouble('');
    setState({ kind: 'signed_in', session, hasEnded: false });
  };
  return { state, trouble, signedIn, leave };
}
