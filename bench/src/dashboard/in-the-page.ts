import type { Page } from 'playwright-core';

/** How smoothly a list moves. */
export interface Scrolling {
  readonly framesPerSecond: number;
  /** Ms between two frames. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly blankFrames: number;
}

const SCROLL_MS = 4_000;
const PIXELS_PER_MS = 2;

/**
 * Scrolls a window as a wheel would, two pixels a millisecond, and looks at every frame: when it came, and whether the
 * middle of the window showed a row.
 */
export function scrollThrough(page: Page): Promise<Scrolling> {
  return page.evaluate(
    async ({ SCROLL_MS, PIXELS_PER_MS }) => {
      const gaps: number[] = [];
      let blankFrames = 0;
      const begun = performance.now();
      let last = begun;
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      while (last - begun < SCROLL_MS) {
        const now = await nextFrame();
        gaps.push(now - last);
        last = now;
        window.scrollTo(0, (now - begun) * PIXELS_PER_MS);
        const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
        if (!middle?.closest('tr, li')) blankFrames++;
      }
      // The first gap began before there was anything to draw.
      const sorted = gaps.slice(1).sort((one, other) => one - other);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      const framesPerSecond = (1_000 * sorted.length) / sorted.reduce((sum, gap) => sum + gap, 0);
      return { framesPerSecond, p50Ms: at(0.5), p95Ms: at(0.95), blankFrames };
    },
    { SCROLL_MS, PIXELS_PER_MS },
  );
}

/** Ms from typing a text into the search until a frame shows what is left. */
export function filterBy(page: Page, text: string): Promise<number> {
  return page.evaluate(async (text) => {
    const input = document.querySelector<HTMLInputElement>('input[aria-label^="Search flags by"]');
    if (!input) throw new Error('There is no search.');
    const shown = () => document.querySelector('main [role=status]:not(:empty)')?.textContent ?? '';
    const statuses = () =>
      [...document.querySelectorAll('main [role=status]')].map((each) => each.textContent).join('|');
    const before = statuses();
    const begun = performance.now();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (statuses() !== before) break;
      if (performance.now() - begun > 5_000) throw new Error(`Nothing was filtered: ${shown()}`);
    }
    return performance.now() - begun;
  }, text);
}
