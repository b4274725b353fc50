import { useEffect, useState } from 'preact/hooks';
import { addressOf, parsePlace, type Place, type View } from './place.js';

const here = (): Place => parsePlace(location.pathname, location.search);

/** The present place, and how to go to another: a step that the browser's back button undoes. */
export function usePlace(): {
  readonly place: Place;
  readonly go: (view: View, how?: 'push' | 'replace') => void;
  readonly goTo: (address: string) => void;
} {
  const [place, setPlace] = useState(here);
  const goTo = (address: string, how: 'push' | 'replace' = 'push'): void => {
    const isThere = address === location.pathname + location.search;
    if (how === 'replace' || isThere) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    setPlace(here());
  };
  useEffect(() => {
    const follow = (): void => setPlace(here());
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const { isUtc } = place;
  return { place, goTo, go: (view, how) => goTo(addressOf({ view, isUtc }), how) };
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
