const underWay = new WeakSet<EventTarget>();

/**
 * What a form does when it is submitted, in place of the browser's loading the page anew: once,
 * however often it is while that goes on.
 */
export function submitting(act: () => Promise<void>): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (form === null || underWay.has(form)) return;
    underWay.add(form);
    void act().finally(() => underWay.delete(form));
  };
}
