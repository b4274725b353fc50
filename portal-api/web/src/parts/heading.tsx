import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface HeadingProps {
  readonly title: string;
  readonly small?: string;
  readonly children?: ComponentChildren;
}

/** The page's heading, which is also the window's title. */
export function Heading({ title, small, children }: HeadingProps) {
  useEffect(() => {
    document.title = `${title} · Viblast portal`;
  }, [title]);
  return (
    <div class="heading">
      <h1 tabIndex={-1}>
        <bdi>{title}</bdi>
        {small !== undefined && small !== title && <small>{small}</small>}
      </h1>
      {children}
    </div>
  );
}
