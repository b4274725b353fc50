import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Role, SessionAnswer } from './api/shapes.js';
import { addressOf, type Place, type View } from './place.js';
import type { Theme } from './theme.js';
import type { Zone } from './time/zone.js';

/** What all parts of a page share. */
export interface PageContext {
  readonly place: Place;
  readonly session: SessionAnswer;
  readonly theme: Theme;
  readonly zone: Zone;
  /** Shows another view; `replace` leaves no step for the back button. */
  readonly go: (view: View, how?: 'push' | 'replace') => void;
}

const Context = createContext<PageContext | undefined>(undefined);
export const PageProvider = Context.Provider;

export function usePage(): PageContext {
  const page = useContext(Context);
  if (page === undefined) throw new Error('outside of a page');
  return page;
}

/** The address of a view in the zone that is shown. */
export function useAddress(): (view: View) => string {
  const { isUtc } = usePage().place;
  return (view) => addressOf({ view, isUtc });
}

const ranks: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };

/** True: the user may do what `needed` may. Who may not sees no control for it. */
export function useMay(needed: Role): boolean {
  return ranks[usePage().session.role] >= ranks[needed];
}
