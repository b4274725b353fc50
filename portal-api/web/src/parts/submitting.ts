/** What a form does when it is submitted, in place of the browser's loading the page anew. */
export function submitting(act: () => Promise<void>): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    void act();
  };
}
