import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { sessionEvents } from './api/call.js';
import { fetchSession, signOut } from './api/session.js';
import { sessionNews } from './api/session-news.js';
import type { SessionAnswer } from './api/shapes.js';
import { useAwakening } from './data/connection.js';
import { endedSession, sessionAfter, whyNotSignedOut, type SessionState } from './session-state.js';

const againMs = 3_000;

/**
 * Who is signed in. Hears of a session's end wherever an answer tells it, and asks again when
 * another tab has news of it, or the page is seen again: all tabs share one cookie. `linkTrouble`
 * tells why the link that led here let nobody in; empty: it did, or was none.
 */
export function useSession(linkTrouble: string): {
  readonly state: SessionState;
  readonly signedIn: (session: SessionAnswer) => void;
  readonly leave: () => Promise<void>;
} {
  const [state, setState] = useState<SessionState>({ kind: 'asking', trouble: linkTrouble });
  /** Goes up with all that is asked or done: what was asked before knows less. */
  const turn = useRef(0);
  const ask = useCallback(async (): Promise<void> => {
    const asked = ++turn.current;
    const answer = await fetchSession();
    if (asked !== turn.current) return;
    setState((now) => sessionAfter(now, answer));
    if (answer.kind === 'ok' || answer.kind === 'signed_out') return;
    setTimeout(() => {
      if (asked === turn.current) void ask();
    }, againMs);
  }, []);
  const askNow = useCallback(() => void ask(), [ask]);
  useEffect(() => {
    askNow();
    return () => {
      turn.current += 1;
    };
  }, [askNow]);
  useAwakening(askNow);
  useEffect(() => {
    const news = sessionNews();
    const end = (): void => setState((now) => (now.kind === 'signed_in' ? endedSession(now) : now));
    news.addEventListener('message', askNow);
    sessionEvents.addEventListener('ended', end);
    return () => {
      news.removeEventListener('message', askNow);
      sessionEvents.removeEventListener('ended', end);
    };
  }, [askNow]);
  const leave = async (): Promise<void> => {
    setState((now) => ({ ...now, trouble: '' }));
    const trouble = whyNotSignedOut(await signOut());
    turn.current += 1;
    setState((now) => (trouble === '' ? { kind: 'signed_out', trouble } : { ...now, trouble }));
  };
  const signedIn = (session: SessionAnswer): void => {
    turn.current += 1;
    setState({ kind: 'signed_in', session, hasEnded: false, trouble: '' });
  };
  return { state, signedIn, leave };
}
