/** What is due is looked for this often, and right behind all that is read. */
const tickMs = 100;
/** The same where nothing was read for a while. */
const calmTickMs = 500;

/** Calls `tick` now and several times a second from then on, until what it returns is called. */
export function tickRegularly(tick: () => void, isCalm: () => boolean): () => void {
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    tick();
    timer = setTimeout(next, isCalm() ? calmTickMs : tickMs);
  };
  next();
  return () => clearTimeout(timer);
}
