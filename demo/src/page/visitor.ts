import { element } from './element.ts';
import type { Follower } from './follower.ts';
import type { Storefront } from './storefront.ts';
import type { Wall } from './wall.ts';

interface Parts {
  readonly canvas: HTMLCanvasElement;
  readonly wall: Wall;
  readonly storefront: Storefront;
  readonly follower: Follower;
}

/** How far the tooltip stands from the pointer, in CSS pixels. */
const TOOLTIP_GAP_PX = 14;

/**
 * Lets the visitor point at a lamp, pick one, and choose who decides. Keyboards pick by the number field beside the
 * shop, which does the same; the canvas itself takes no focus.
 */
export function letVisitorPoint({ canvas, wall, storefront, follower }: Parts): void {
  const tooltip = element('tooltip', HTMLElement);

  canvas.addEventListener('pointermove', (event) => {
    const lamp = wall.lampAt(event.offsetX, event.offsetY);
    tooltip.hidden = lamp < 0;
    if (lamp < 0) return;
    tooltip.textContent = follower.describe(lamp);
    const rightmostPx = canvas.clientWidth - tooltip.offsetWidth;
    const leftPx = Math.max(0, Math.min(rightmostPx, event.offsetX + TOOLTIP_GAP_PX));
    tooltip.style.left = `${canvas.offsetLeft + leftPx}px`;
    tooltip.style.top = `${canvas.offsetTop + event.offsetY + TOOLTIP_GAP_PX}px`;
  });
  canvas.addEventListener('pointerleave', () => {
    tooltip.hidden = true;
  });
  canvas.addEventListener('click', (event) => {
    const lamp = wall.lampAt(event.offsetX, event.offsetY);
    if (lamp < 0) return;
    storefront.customer = lamp;
    wall.choose(lamp);
    void storefront.refresh();
  });

  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="decider"]')) {
    radio.addEventListener('change', () => follower.showDecider(radio.value === 'node' ? 'node' : 'browser'));
  }
  wall.choose(storefront.customer);
}
