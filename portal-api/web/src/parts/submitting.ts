const underWay = new WeakSet<EventTarget>();

/**
 * What a form does when it is submitted, in place of the browser's loading the page anew. While
 * that is under way the form isn't submitted again, by a double click say.
 */
export function submitting(act: () => Promise<void>): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    // By the form itself: each rendering makes another function.
    const form = event.currentTarget;
    if (form === null || underWay.has(form)) return;
    underWay.add(form);
    void act().finally(() => underWay.delete(form));
  };
}
