import { useEffect, useState } from 'preact/hooks';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const storageKey = 'viblast-theme';
const darkQuery = matchMedia('(prefers-color-scheme: dark)');

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function resolve(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice;
  return darkQuery.matches ? 'dark' : 'light';
}

/** Puts the theme on the page, where the style sheets look for it. */
export function applyTheme(choice: ThemeChoice = storedChoice()): Theme {
  const theme = resolve(choice);
  document.documentElement.dataset['theme'] = theme;
  return theme;
}

/** The chosen theme, what it comes to now, and how to choose. */
export function useTheme(): [ThemeChoice, Theme, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState(storedChoice);
  const [theme, setTheme] = useState(() => applyTheme(choice));
  useEffect(() => {
    const follow = (): void => setTheme(applyTheme(choice));
    follow();
    darkQuery.addEventListener('change', follow);
    return () => darkQuery.removeEventListener('change', follow);
  }, [choice]);
  return [
    choice,
    theme,
    (next) => {
      localStorage.setItem(storageKey, next);
      setChoice(next);
    },
  ];
}
