/*
 * A browser puts the reader at the beginning where it loads a document; where only the content changes, the page has to.
 */

let hasWalked = false;

export function noteWalk(): void {
  hasWalked = true;
  window.scrollTo(0, 0);
}

/** For the ref of a page's main part: it takes the focus that the link had which led to it. */
export function takeFocusOnArrival(main: HTMLElement | null): void {
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (main !== null && hasWalked && isLost) main.focus({ preventScroll: true });
}
