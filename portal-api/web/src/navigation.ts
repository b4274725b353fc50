import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf, parsePlace, type Place, type View } from './place.js';

const here = (): Place => parsePlace(location.pathname, location.search);
const addressHere = (): string => location.pathname + location.search;

/** How many forms have changes that aren't saved. */
let unsaved = 0;

/** While `hasChanges`, asks before the tab is closed or another page takes this one's place. */
export function useLeaveWarning(hasChanges: boolean): void {
  useEffect(() => {
    if (!hasChanges) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    unsaved += 1;
    return () => {
      removeEventListener('beforeunload', warn);
      unsaved -= 1;
    };
  }, [hasChanges]);
}

/** False: somebody has changes that aren't saved, and stays for them. */
export function mayLeave(): boolean {
  return unsaved === 0 || confirm('What you changed here is not saved. Leave it?');
}

/** The present place, and how to go to another: a step that the browser's back button undoes. */
export function usePlace(): {
  readonly place: Place;
  readonly go: (view: View, how?: 'push' | 'replace') => void;
  readonly goTo: (address: string) => void;
} {
  const [place, setPlace] = useState(here);
  const shown = useRef(addressHere());
  const show = (): void => {
    shown.current = addressHere();
    setPlace(here());
  };
  const goTo = (address: string, how: 'push' | 'replace' = 'push'): void => {
    if (!isSamePage(address, shown.current) && !mayLeave()) return;
    if (how === 'replace' || address === shown.current) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    show();
  };
  useEffect(() => {
    const follow = (): void => {
      if (isSamePage(addressHere(), shown.current) || mayLeave()) show();
      else history.pushState(null, '', shown.current);
    };
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const { isUtc } = place;
  return { place, goTo, go: (view, how) => goTo(addressOf({ view, isUtc }), how) };
}

/** Another range or time zone is no other page. */
function isSamePage(address: string, other: string): boolean {
  return address.split('?')[0] === other.split('?')[0];
}

/**
 * Links to pages are followed without loading anything anew, unless the click is for a new tab or
 * window.
 */
export function useLinks(goTo: (address: string) => void): void {
  useEffect(() => {
    const onClick = (event: MouseEvent): void => {
      if (event.defaultPrevented || !isPlainClick(event)) return;
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || !isPage(link)) return;
      event.preventDefault();
      goTo(link.pathname + link.search);
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  });
}

function isPlainClick({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

function isPage(link: HTMLAnchorElement): boolean {
  if (link.origin !== location.origin || link.hasAttribute('download')) return false;
  return link.hash === '' && !link.pathname.startsWith('/api/');
}
